from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.traefik.label_decoding import read_labels


@pytest.mark.parametrize(
    ("labels", "structure"),
    [
        ({"com.example.x": "1"}, {}),
        (
            {"traefik.HTTP.Routers.MyRouter.EntryPoints": "web, websecure"},
            {"http": {"routers": {"MyRouter": {"entryPoints": ["web", "websecure"]}}}},
        ),
        ({"traefik.http.routers.r.priority": "42"}, {"http": {"routers": {"r": {"priority": 42}}}}),
        ({"traefik.http.routers.r.tls": "true"}, {"http": {"routers": {"r": {"tls": {}}}}}),
        (
            {"traefik.http.routers.r.tls": "false", "traefik.http.routers.r.rule": "x"},
            {"http": {"routers": {"r": {"rule": "x"}}}},
        ),
        (
            {
                "traefik.http.routers.r.tls": "true",
                "traefik.http.routers.r.tls.certresolver": "le",
                "traefik.http.routers.r.tls.domains[1].main": "b",
                "traefik.http.routers.r.tls.domains[0].main": "a",
                "traefik.http.routers.r.tls.domains[0].sans": "c,d",
            },
            {
                "http": {
                    "routers": {
                        "r": {
                            "tls": {"certResolver": "le", "domains": [{"main": "a", "sans": ["c", "d"]}, {"main": "b"}]}
                        }
                    }
                }
            },
        ),
        (
            {"traefik.http.middlewares.m.headers.customresponseheaders.X-Frame-options": "DENY"},
            {"http": {"middlewares": {"m": {"headers": {"customResponseHeaders": {"X-Frame-options": "DENY"}}}}}},
        ),
        (
            {"traefik.http.middlewares.m.ratelimit.sourcecriterion.ipstrategy.depth": "2"},
            {"http": {"middlewares": {"m": {"rateLimit": {"sourceCriterion": {"ipStrategy": {"depth": 2}}}}}}},
        ),
        ({"traefik.http.middlewares.m.compress": "true"}, {"http": {"middlewares": {"m": {"compress": {}}}}}),
        (
            {
                "traefik.http.middlewares.m.redirectscheme.port": "443",
                "traefik.http.middlewares.m.redirectscheme.permanent": "TRUE",
            },
            {"http": {"middlewares": {"m": {"redirectScheme": {"port": "443", "permanent": True}}}}},
        ),
        (
            {
                "traefik.http.middlewares.m.plugin.waf.rules[0].id": "7",
                "traefik.http.middlewares.m.plugin.waf.Mode": "on",
            },
            {"http": {"middlewares": {"m": {"plugin": {"waf": {"rules": [{"id": "7"}], "Mode": "on"}}}}}},
        ),
        (
            {"traefik.http.services.s.loadbalancer.sticky.cookie": "true"},
            {"http": {"services": {"s": {"loadBalancer": {"sticky": {"cookie": {}}}}}}},
        ),
        (
            {"traefik.http.services.s.loadbalancer.healthcheck.headers.X-a": "1"},
            {"http": {"services": {"s": {"loadBalancer": {"healthCheck": {"headers": {"X-a": "1"}}}}}}},
        ),
        (
            {"traefik.tcp.services.s.loadbalancer.proxyprotocol.version": "2"},
            {"tcp": {"services": {"s": {"loadBalancer": {"proxyProtocol": {"version": 2}}}}}},
        ),
        # Switched off is off, whatever options stand beside it.
        (
            {"traefik.http.routers.r.tls": "False", "traefik.http.routers.r.tls.certresolver": "le",
             "traefik.http.routers.r.rule": "x"},
            {"http": {"routers": {"r": {"rule": "x"}}}},
        ),
        (
            {"traefik.http.routers.r.tls": "", "traefik.http.routers.r.tls.certresolver": "le"},
            {"http": {"routers": {"r": {"tls": {"certResolver": "le"}}}}},
        ),
        # Names are one whatever their case; the spelling is that of the first label in their order.
        (
            {"traefik.http.routers.app.tls": "true", "traefik.http.routers.App.rule": "x",
             "traefik.http.services.app.loadbalancer.passhostheader": "false"},
            {"http": {"routers": {"App": {"rule": "x", "tls": {}}},
                      "services": {"app": {"loadBalancer": {"passHostHeader": False}}}}},
        ),
        ({"traefik.udp.routers.u.entrypoints": "dns"}, {"udp": {"routers": {"u": {"entryPoints": ["dns"]}}}}),
    ],
)  # fmt: skip
def test_labels_become_what_the_file_provider_reads(labels: dict[str, str], structure: dict[str, Any]) -> None:
    read = read_labels(labels)
    assert read.problems == ()
    assert read.structure == structure


@pytest.mark.parametrize("value", ["1", "yes", "t", " true"])
def test_what_switches_on_nowhere_but_in_minds_is_off_and_told(value: str) -> None:
    """Traefik's docker provider was asked: only `true` and nothing at all switch on."""
    read = read_labels({"traefik.http.routers.r.rule": "x", "traefik.http.routers.r.tls": value,
                        "traefik.http.routers.r.tls.options": "modern"})  # fmt: skip
    assert read.structure == {"http": {"routers": {"r": {"rule": "x"}}}}
    (problem,) = read.problems
    assert problem.harmless
    assert problem.label == "traefik.http.routers.r.tls"


@pytest.mark.parametrize(
    ("label", "value", "says"),
    [
        ("traefik.http.routers.r.ruel", "x", "did you mean rule?"),
        ("traefik.http.router.r.rule", "x", "did you mean routers?"),
        ("traefik.htpp.routers.r.rule", "x", "did you mean http?"),
        ("traefik.http.routers.r", "x", "needs an option"),
        ("traefik.http.routers", "x", "a name is missing"),
        ("traefik.http.routers.a@b.rule", "x", "@ is not allowed"),
        ("traefik.http.routers.r.priority", "high", "not a whole number"),
        ("traefik.http.routers.r.rule.more", "x", "nothing can follow"),
        ("traefik.http.routers.r.rule[0]", "x", "no indexed list"),
        ("traefik.http.routers.r.tls.domains.main", "x", "needs an index"),
        ("traefik.http.middlewares.m.headers", "true", "needs an option"),
        ("traefik.http.middlewares.m.headers.framedeny", "maybe", "not true or false"),
        ("traefik.http.services.s.weighted.services", "a", "in files only"),
        ("traefik.http.serverstransports.t.servername", "a", "in files only"),
        ("traefik.tls.stores.default.defaultcertificate.certfile", "a", "concern all of Traefik"),
        ("traefik.enable", "perhaps", "neither true nor false"),
        ("traefik.tcp.routers.r.observability.metrics", "true", "does not know observability"),
    ],
)
def test_what_has_no_equivalent_is_a_problem_that_says_so(label: str, value: str, says: str) -> None:
    (problem,) = read_labels({label: value}).problems
    assert problem.label == label
    assert says in f"{problem.message} {problem.expected}"
    assert not problem.harmless


def test_labels_of_the_docker_provider_itself_are_harmless() -> None:
    (problem,) = read_labels({"traefik.docker.network": "proxy"}).problems
    assert problem.harmless


@pytest.mark.parametrize(("value", "enabled"), [("true", True), ("0", False)])
def test_enable_is_a_switch(value: str, enabled: bool) -> None:
    assert read_labels({"traefik.enable": value}).enabled is enabled
