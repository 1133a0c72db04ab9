"""The pages of an import: brought, chosen, looked through, confirmed, undone; and what is no table."""

from __future__ import annotations

import io
import re

import pytest
from werkzeug.test import TestResponse

from tests.conftest import CheckingClient

TABLE = "No\tAction\tOwners\tDue\tStatus\n1\tShare the list\tMX/US\t3/4/2027\tpending\n3\tX\tNobody known\t\tfoo"


def text(response: TestResponse) -> str:
    return response.get_data(as_text=True)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="(\w+)"', page)
    assert found, name
    return found[1]


def choices(page: str, **chosen: str) -> dict[str, str]:
    columns = re.findall(r'name="(column_\d+)".*?<option value="(\w*)" selected', page, re.DOTALL)
    return {
        "version": hidden(page, "version"),
        "sheet": "0",
        "header": "1",
        "language": "en",
        **dict(columns),
        **chosen,
    }


def brought(client: CheckingClient, pasted: str = TABLE) -> str:
    response = client.post("/actions/import", data={"pasted": pasted})
    assert response.status_code == 303
    return str(response.location)


@pytest.fixture
def daniel(client_for) -> CheckingClient:
    client: CheckingClient = client_for("daniel")
    return client


def test_a_table_is_brought_looked_through_imported_and_undone(daniel: CheckingClient, client_for) -> None:
    address = brought(daniel)
    page = text(daniel.get(address))
    looked = daniel.post(address, data=choices(page))
    rows = text(daniel.get(looked.location))
    assert "“3/4/2027” can be" in rows
    assert "C3 (Owners)" in rows
    assert 'name="digest"' not in rows
    page = text(daniel.get(address))
    looked = daniel.post(address, data=choices(page, order="dmy", leaves_out="y"))
    rows = text(daniel.get(looked.location))
    refused = text(daniel.get(f"{address}/refused.csv"))
    assert refused.splitlines()[1].startswith("3,3,")
    assert "Nobody known" in refused
    sent = {"version": hidden(rows, "version"), "digest": hidden(rows, "digest")}
    assert daniel.post(f"{address}/confirm", data={**sent, "digest": "0"}).status_code == 409
    done = daniel.post(f"{address}/confirm", data=sent)
    assert done.status_code == 303
    assert "ACT-2026-MXUS-A01" in text(daniel.get(done.location))
    assert daniel.get(address).location == done.location
    assert client_for("ana").get(done.location).status_code == 404
    assert daniel.post(f"{done.location}/undo").status_code == 303
    assert "This import was undone" in text(daniel.get(done.location))


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"%PDF-1.7", "list.xlsx", "This file is no table"),
        (b"", "list.csv", "Fill this in"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "list.xls", "old kind"),
        (b"Title\nCaf\x81\n", "list.csv", "The letters of line 2"),
    ],
)
def test_what_is_no_table_is_told_beside_the_file(daniel: CheckingClient, content: bytes, name: str, said: str) -> None:
    file = (io.BytesIO(content), name) if content else (io.BytesIO(), "")
    response = daniel.post("/actions/import", data={"file": file}, content_type="multipart/form-data")
    assert response.status_code == 422
    assert said in text(response)


def test_a_column_chosen_twice_is_refused_and_another_heading_is_guessed_anew(daniel: CheckingClient) -> None:
    address = brought(daniel)
    page = text(daniel.get(address))
    twice = daniel.post(address, data=choices(page, column_0="title"))
    assert twice.status_code == 422
    assert "“Title” is chosen for two columns" in text(twice)
    assert daniel.post(address, data=choices(page, header="0")).location == address


def test_a_table_is_put_away(daniel: CheckingClient) -> None:
    address = brought(daniel)
    version = hidden(text(daniel.get(address)), "version")
    assert daniel.post(f"{address}/discard", data={"version": version}).status_code == 303
    assert daniel.get(f"{address}/rows").status_code == 422
