"""Subscribe evolution-data-server to an address, and print what it shows: `read_evolution.py ADDRESS SECONDS`.

Runs with the machine's own Python, on a session bus of its own. What is expected comes as JSON on standard
input: it fetches until it shows just that, or until the seconds are over, and prints what it shows then.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import gi  # type: ignore[import-not-found,import-untyped,unused-ignore]

gi.require_version("ECal", "2.0")
gi.require_version("EDataServer", "1.2")
gi.require_version("ICalGLib", "3.0")
from gi.repository import ECal, EDataServer, GLib, ICalGLib  # type: ignore[import-not-found,import-untyped,unused-ignore] # noqa: E402

NAME = "entente"
WITHOUT_WAITING = GLib.MAXUINT32
UTC = ICalGLib.Timezone.get_utc_timezone()


def subscribed(address: str, give_up_at: float) -> Any:
    """Return the calendar of this name, after making it as the dialog for a calendar on the web does."""
    registry = EDataServer.SourceRegistry.new_sync(None)
    if registry.ref_source(NAME) is None:
        registry.create_sources_sync([_source(address)], None)
    while (source := registry.ref_source(NAME)) is None:
        if time.monotonic() > give_up_at:
            raise TimeoutError("the new calendar is not in the registry")
        GLib.MainContext.default().iteration(may_block=False)
        time.sleep(0.05)
    return ECal.Client.connect_sync(source, ECal.ClientSourceType.EVENTS, WITHOUT_WAITING, None)


def _source(address: str) -> Any:
    parts = urlsplit(address)
    source = EDataServer.Source.new_with_uid(NAME, None)
    source.set_parent("webcal-stub")
    source.set_display_name(NAME)
    source.get_extension(EDataServer.SOURCE_EXTENSION_CALENDAR).set_backend_name("webcal")
    source.get_extension(EDataServer.SOURCE_EXTENSION_WEBDAV_BACKEND).set_resource_path(parts.path)
    source.get_extension(EDataServer.SOURCE_EXTENSION_SECURITY).set_secure(parts.scheme == "https")
    login = source.get_extension(EDataServer.SOURCE_EXTENSION_AUTHENTICATION)
    login.set_host(parts.hostname)
    login.set_port(parts.port)
    login.set_method("none")
    return source


def shown(client: Any) -> list[dict[str, str | None]]:
    """Return every event that the calendar keeps."""
    _, components = client.get_object_list_as_comps_sync("#t", None)
    return [
        {
            "summary": component.get_summary().get_value(),
            "start": told(client, component.get_dtstart()),
            "end": told(client, component.get_dtend()),
            "status": status(component.get_icalcomponent()),
            "zone": component.get_dtstart().get_tzid(),
        }
        for component in components
    ]


def told(client: Any, moment: Any) -> str:
    """Return an instant in UTC, or a day."""
    value = moment.get_value()
    if value.is_date():
        return f"{value.get_year():04}-{value.get_month():02}-{value.get_day():02}"
    zone = UTC if value.is_utc() else client.get_timezone_sync(moment.get_tzid(), None)[1]
    return time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(value.as_timet_with_zone(zone)))


def status(event: Any) -> str | None:
    """Return the status of an event, if it has one."""
    found = event.get_first_property(ICalGLib.PropertyKind.STATUS_PROPERTY)
    return found.get_value_as_string() if found else None


def in_order(events: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
    """Return the events sorted by all that is said of them."""
    return sorted(events, key=lambda event: json.dumps(event, sort_keys=True))


def main(address: str, seconds: float) -> None:
    """Fetch until what is expected is shown, or the time is over; print what is shown."""
    expected, give_up_at = in_order(json.load(sys.stdin)), time.monotonic() + seconds
    client = subscribed(address, give_up_at)
    refreshed_at = float("-inf")
    while in_order(events := shown(client)) != expected and time.monotonic() < give_up_at:
        if time.monotonic() - refreshed_at > 1:
            client.refresh_sync(None)
            refreshed_at = time.monotonic()
        time.sleep(0.1)
    print(json.dumps(events))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
