"""SR-06: hand to hand, and tamper evidence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from facilities.accounts.chain import GENESIS, digest_of
from facilities.shipping import custody
from facilities.shipping.custody import Hop, Sealed

AT = datetime(2025, 6, 2, 9, tzinfo=UTC)


def _hops(*pairs: tuple[str, str]) -> list[Hop]:
    return [Hop(n, a, b, AT + timedelta(minutes=n)) for n, (a, b) in enumerate(pairs, start=1)]


def test_sr06_a_gap_is_named_at_its_event() -> None:
    fine = _hops(("dock", "store"), ("store", "alice"))
    assert custody.gaps(fine) == [] and custody.custodian(fine) == "alice"
    gap = custody.gaps(_hops(("dock", "store"), ("store", "alice"), ("bob", "rack")))
    assert [g.seq for g in gap] == [3] and "alice" in gap[0].why and "bob" in gap[0].why


def test_sr06_time_never_runs_back_and_no_number_is_left_out() -> None:
    first, second = _hops(("dock", "store"), ("store", "alice"))
    assert custody.gaps([first, replace(second, at=AT)])[0].seq == 2
    assert custody.gaps([first, replace(second, seq=3)])[0].seq == 3
    assert custody.custodian([]) is None


def _chain(words: list[str]) -> list[Sealed]:
    chain: list[Sealed] = []
    for seq, word in enumerate(words, start=1):
        chain.append(custody.seal(chain[-1].hash if chain else None, {"seq": seq, "note": word}))
    return chain


def test_sr06_the_first_hash_stands_on_zeros() -> None:
    first = custody.seal(None, {"seq": 1})
    assert first == custody.seal(GENESIS, {"seq": 1})
    assert first.payload == '{"seq":1}' and first.digest == digest_of('{"seq":1}')


def test_sr06_a_redacted_event_still_verifies() -> None:
    chain = _chain(["a", "b", "c"])
    chain[1] = replace(chain[1], payload=None)
    assert custody.broken(chain) == []


@given(st.lists(st.text(max_size=8), min_size=1, max_size=6), st.data())
def test_sr06_any_changed_event_is_found(words: list[str], data: st.DataObject) -> None:
    chain = _chain(words)
    assert custody.broken(chain) == []
    hit = data.draw(st.integers(0, len(chain) - 1))
    forged = custody.seal(None, {"seq": hit + 1, "note": words[hit] + "!"})
    changed = [*chain[:hit], replace(chain[hit], payload=forged.payload), *chain[hit + 1 :]]
    assert [g.seq for g in custody.broken(changed)] == [hit + 1]
    resealed = [*chain[:hit], replace(chain[hit], payload=forged.payload, digest=forged.digest)]
    assert [g.seq for g in custody.broken([*resealed, *chain[hit + 1 :]])] == [hit + 1]
