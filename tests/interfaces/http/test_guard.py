"""What every request passes."""

import pytest
from starlette.testclient import TestClient

from lookscape.engine import Engine
from lookscape.interfaces.http import guard
from lookscape.interfaces.http.app import create_app


def test_every_answer_has_the_security_headers(client: TestClient) -> None:
    for path in ("/healthz", "/", "/nothing-here", "/api/v1/jobs"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost", "[::1]:8765"])
def test_it_answers_to_loopback_names(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


def test_another_name_is_refused_so_that_rebinding_a_name_to_loopback_gives_nothing(client: TestClient) -> None:
    answer = client.get("/healthz", headers={"host": "shop.example"})
    assert answer.status_code == 421
    assert "shop.example" in answer.json()["detail"]


def test_a_page_of_another_site_cannot_post(client: TestClient) -> None:
    answer = client.post("/api/v1/search/find", json={}, headers={"origin": "https://shop.example"})
    assert answer.status_code == 403
    same = client.post("/api/v1/search/find", json={}, headers={"origin": "http://127.0.0.1"})
    assert same.status_code == 200


def test_a_request_that_says_it_is_too_large_is_refused_unread(client: TestClient) -> None:
    answer = client.post("/api/v1/search/find", content=b"{}", headers={"content-length": str(guard.MAX_BODY + 1)})
    assert answer.status_code == 413


def test_a_request_that_turns_out_too_large_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_BODY", 1000)

    def body():  # type: ignore[no-untyped-def]
        for _ in range(20):
            yield b"x" * 100

    assert client.post("/api/v1/search/find", content=body()).status_code == 413


def test_off_loopback_tools_that_touch_the_machine_are_refused(engine: Engine) -> None:
    with TestClient(create_app(engine, host="0.0.0.0", worker=False), base_url="http://shop.example") as talk:
        assert talk.get("/healthz").status_code == 200
        answer = talk.post("/api/v1/manage/ingest", json={"source": "/etc"})
    assert answer.status_code == 403


def test_metrics_count_requests_by_route(client: TestClient) -> None:
    client.get("/version")
    text = client.get("/metrics").text
    assert 'lookscape_requests_total{method="GET",route="/version",status="200"}' in text
    assert "lookscape_products 24.0" in text
