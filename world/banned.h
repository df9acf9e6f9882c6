/* SPDX-License-Identifier: Apache-2.0 */
/* banned.h - the names that an engine may not say; included last, in every source of protocol, initiator and target-sim
 *
 * An engine has no ambient authority: time, randomness, network, disk and log come in through its Host. Here the compiler says
 * so where the name is written; that nothing reaches the object file by another way, `make lint` proves with nm. Names that
 * are also members of our interfaces (read, write, connect, send) cannot be here: those, nm alone finds.
 */
#pragma once

/* Wall time and waiting: host_now_ns, timer_arm. */
#pragma GCC poison time clock_gettime gettimeofday localtime localtime_r gmtime gmtime_r
#pragma GCC poison ctime mktime strftime
#pragma GCC poison nanosleep usleep g_usleep g_get_monotonic_time g_get_real_time
#pragma GCC poison g_get_current_time
#pragma GCC poison g_timeout_add g_timeout_add_full g_timeout_add_seconds g_idle_add
#pragma GCC poison g_idle_add_full g_timer_new
#pragma GCC poison g_date_time_new_now g_date_time_new_now_local g_date_time_new_now_utc

/* Randomness: host_random. GRand's numbers also change with an environment variable. */
#pragma GCC poison rand rand_r random_r srand srandom drand48 lrand48 getrandom getentropy
#pragma GCC poison g_random_int g_random_int_range g_random_double g_rand_new g_rand_int
#pragma GCC poison g_uuid_string_random

/* The environment, the process, its threads. */
#pragma GCC poison getenv secure_getenv setenv putenv g_getenv g_setenv g_get_host_name
#pragma GCC poison g_get_user_name getpid
#pragma GCC poison exit _exit system popen fork execv execve g_spawn_sync g_spawn_async
#pragma GCC poison pthread_create pthread_mutex_lock g_thread_new g_thread_try_new
#pragma GCC poison g_mutex_lock g_main_context_new

/* Sockets and files: stream_connect, listener_new, disk_open. */
#pragma GCC poison socket socketpair epoll_create1 epoll_wait getaddrinfo gethostbyname
#pragma GCC poison fopen fdopen fread fwrite opendir mkstemp g_file_get_contents
#pragma GCC poison g_file_set_contents

/* Output: HOST_LOG. */
#pragma GCC poison printf fprintf vprintf vfprintf puts fputs putchar perror syslog
#pragma GCC poison g_print g_printerr g_log g_logv

/* Strings without a bound, state between calls. */
#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets asctime

/* An order that is the hash function's or the address's: a hash table is for finding, not for walking. */
#pragma GCC poison g_hash_table_iter_init g_hash_table_foreach g_hash_table_foreach_remove
#pragma GCC poison g_hash_table_find g_hash_table_get_keys g_hash_table_get_values
