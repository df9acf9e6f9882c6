#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# conformance.t - what a run proves is what its assertions asked, in scenarios that passed
program=${ISCSILAB:-build/iscsilab}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
number=0
echo 1..14

ok () { # STATUS NAME
  number=$((number + 1))
  if [ "$1" = 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; fi
}

scenario () { # FILE CONDITION COVERS
  cat >"$folder/$1" <<END
return scenario { title = "t", covers = { "$3" }, run = function(lab)
  lab:check("R-NUM-003", $2, "numbers rise by one")
end }
END
}

scenario pass.lua true R-NUM-004
"$program" run --json "$folder/pass.json" "$folder/pass.lua" >/dev/null 2>&1
ok $? 'a scenario that asks for a requirement passes'
"$program" conformance --results "$folder/pass.json" --area NUM >"$folder/out"
grep -q '^R-NUM-003 .* 1 evaluated' "$folder/out"
ok $? 'the assertion counts as evaluated'
grep -q '^R-NUM-004 .* 1 claimed      0 evaluated' "$folder/out"
ok $? 'a claim alone is not evaluated'
"$program" conformance --results "$folder/pass.json" --missing | grep -q '^R-NUM-003'
[ $? = 1 ]
ok $? 'a proved row is not missing'

scenario fail.lua false R-NUM-004
"$program" run --json "$folder/fail.json" "$folder/fail.lua" >/dev/null 2>&1
[ $? = 1 ]
ok $? 'an assertion that does not hold fails its scenario'
"$program" conformance --results "$folder/fail.json" --missing | grep -q '^R-NUM-003 .* 0 evaluated'
ok $? 'what was asked in a failed scenario proves nothing'

scenario unknown.lua true R-NUM-9999
"$program" run "$folder/unknown.lua" 2>&1 | grep -q "got 'R-NUM-9999'"
ok $? 'an id that no row has is an error that names it'
"$program" conformance --results "$folder/none.json" >/dev/null 2>"$folder/err"
[ $? = 3 ] && grep -q 'none.json' "$folder/err"
ok $? 'results that are not there are an error of the environment that names the file'

scenario bug.lua true bug:B02
scenario broken.lua false bug:B04
"$program" run --json "$folder/bugs.json" "$folder/bug.lua" "$folder/broken.lua" >/dev/null 2>&1
"$program" conformance --bugs --results "$folder/bugs.json" >"$folder/out"
grep -q '^B02 .*proved absent' "$folder/out" && grep -q "^ *$folder/bug.lua" "$folder/out"
ok $? 'a field bug is proved absent by the passing scenario that names it'
grep -q '^B04 .*failed' "$folder/out" && grep -q "^ *$folder/broken.lua" "$folder/out"
ok $? 'of one that is named by a failing scenario, that scenario is told'
grep -A1 '^B20 .*does not apply' "$folder/out" | grep -q 'no session is bound to an interface'
ok $? 'one that does not apply says why'
"$program" conformance --bugs --missing --results "$folder/bugs.json" | grep -q '^B02\|^B20'
[ $? = 1 ]
ok $? 'neither of those two is missing'
tail -1 "$folder/out" | grep -q '^1 of [0-9]* field bugs proved absent; [0-9]* others do not apply$'
ok $? 'the last line counts them'

# Static: what a row claims must be in the tree, whatever was run last.
echo '[]' >"$folder/empty.json"
missing=$("$program" conformance --bugs --json --results "$folder/empty.json" | perl -MJSON::PP -e '
  local $/; print map { "$_->{id}\n" } grep { $_->{applies} } @{ decode_json (<STDIN>) }' |
  while read -r id; do grep -rq "covers *=.*\"bug:$id\"" scenarios || echo "# $id: expected a scenario that names it, got none"; done)
[ -z "$missing" ]
ok $? 'each field bug that applies is named by a scenario'
[ -z "$missing" ] || echo "$missing"
