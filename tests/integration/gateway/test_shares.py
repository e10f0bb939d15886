"""Who may use up what at the gateway: callers behind a balancer of ours, and those without a token."""

import asyncio

import pytest

from stack.gateway import Limits
from tests.integration.gateway.conftest import Start
from tests.integration.gateway.test_gateway import bearer, is_problem
from tests.integration.gateway.upstream import Issuer, Upstream
from tests.waiting import until


@pytest.mark.parametrize(("hops", "shared"), [(0, True), (1, False)])
async def test_behind_a_balancer_of_ours_each_caller_has_its_own_allowance(
    another: Start, hops: int, *, shared: bool
) -> None:
    """A balancer adds whom it heard at the end; what stands before it is the caller's word, and counts for nothing."""
    async with another(trusted_hops=hops, client=Limits(per_s=5, burst=10)) as edge:
        path = "/v1/calendars/0191e3a0-0000-7000-8000-000000000000.ics"
        one = [await edge.get(path, headers={"x-forwarded-for": f"192.0.2.{n}, 198.51.100.1"}) for n in range(30)]
        assert [answer.status_code for answer in one[:10]] == [200] * 10
        assert 429 in [answer.status_code for answer in one[10:]]
        other = await edge.get(path, headers={"x-forwarded-for": "198.51.100.2"})
        assert other.status_code == (429 if shared else 200)
    assert "198.51.100.1" not in str(one[0].json()["headers"])


@pytest.mark.parametrize(
    ("of", "public", "own"),
    [("reporting", "/v1/public", "/v1/figures"), ("partners", "/v1/rules", "/v1/organisations")],
)
async def test_who_has_no_token_takes_no_place_of_those_who_have(
    another: Start, issuer: Issuer, upstreams: dict[str, Upstream], of: str, public: str, own: str
) -> None:
    """Of eight places the public may have two, however many there are that ask."""
    service, slow = upstreams[of], f"{public}/slow"
    async with another(requests_max=8) as edge:
        held = [asyncio.create_task(edge.get(slow)) for _ in range(2)]
        await until(lambda: service.asked.count(f"GET {slow}") == 2)
        assert is_problem(await edge.get(f"{public}/another"), 503, "unavailable")
        assert (await edge.get(own, headers=bearer(issuer.token()))).status_code == 200
        service.release.set()
        assert [(await one).status_code for one in held] == [200, 200]
    service.release.clear()
