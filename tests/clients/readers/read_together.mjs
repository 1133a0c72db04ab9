// Read calendars from standard input with ical.js, as a calendar that takes them in turn; JSON: lists of texts.
// The first argument is the path of ical.js. By RFC 5546 an event is known by its UID; of two the higher SEQUENCE
// counts, then the later DTSTAMP; what comes by METHOD:CANCEL goes. Times are read by each calendar's own VTIMEZONEs.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(pathToFileURL(process.argv[2]));

function told(time) {
  if (time.isDate) {
    return time.toString();
  }
  if (time.zone === ICAL.Timezone.localTimezone) {
    throw new Error(`no zone for ${time}`);
  }
  return time.convertToZone(ICAL.Timezone.utcTimezone).toString().slice(0, 16) + "Z";
}

function leftOf(texts) {
  const turns = new Map();
  const held = new Map();
  for (const text of texts) {
    const calendar = new ICAL.Component(ICAL.parse(text));
    ICAL.TimezoneService.reset();
    for (const zone of calendar.getAllSubcomponents("vtimezone")) {
      ICAL.TimezoneService.register(new ICAL.Timezone(zone));
    }
    for (const component of calendar.getAllSubcomponents("vevent")) {
      const event = new ICAL.Event(component);
      const stamp = component.getFirstPropertyValue("dtstamp");
      const before = turns.get(event.uid);
      if (before && (event.sequence < before.sequence ||
          (event.sequence === before.sequence && stamp.compare(before.stamp) <= 0))) {
        continue;
      }
      turns.set(event.uid, { sequence: event.sequence, stamp });
      held.set(event.uid, {
        summary: event.summary,
        start: told(event.startDate),
        end: told(event.endDate),
        status: component.getFirstPropertyValue("status"),
      });
      if (calendar.getFirstPropertyValue("method") === "CANCEL") {
        held.delete(event.uid);
      }
    }
  }
  return [...held.values()];
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(leftOf)));
