-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a key that nobody knows is answered NotUnderstood, and the login succeeds",
  covers = { "R-TEXT-019", "R-TEXT-001", "R-TEXT-021", "R-TEXT-033" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    local final = wire:login { target = target.name, keys = {
      { "X-com.example.foo", "1" }, { "Foo", "bar" }, { "X-com.example.pair", "a=b=" }, { "headerdigest", "None" },
      { "HeaderDigest", "Y-com.example.x,None" }, { "InitialR2T", "No" },
    } }
    lab:equal(final.text["X-com.example.foo"], "NotUnderstood", "a vendor's key")
    lab:equal(final.text["X-com.example.pair"], "NotUnderstood", "a value may hold what stands behind a key")
    lab:equal(final.text["Foo"], "NotUnderstood", "a key of no table")
    lab:equal(final.text["headerdigest"], "NotUnderstood", "a key in the wrong letters")
    lab:equal(final.text["HeaderDigest"], "None", "an unknown value in a list is passed over")
    lab:equal(final.text["InitialR2T"], "No", "a key of the RFC is known")
  end,
}
