// Read a calendar from standard input as ical.js (Thunderbird, Nextcloud) does, with its own VTIMEZONEs only.
// The first argument is the path of ical.js.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(pathToFileURL(process.argv[2]));
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));

for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(new ICAL.Timezone(zone));
}

function told(time) {
  if (time.isDate) {
    return time.toString();
  }
  if (time.zone === ICAL.Timezone.localTimezone) {
    throw new Error(`no zone for ${time}`);
  }
  return time.convertToZone(ICAL.Timezone.utcTimezone).toString().slice(0, 16) + "Z";
}

const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    summary: event.summary,
    start: told(event.startDate),
    end: told(event.endDate),
    status: component.getFirstPropertyValue("status"),
  };
});
console.log(JSON.stringify(events));
