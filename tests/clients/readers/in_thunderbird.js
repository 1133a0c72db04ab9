// Run by Marionette inside Thunderbird, where its own calendar code is at hand. The first argument is what to do:
//   "subscribe", ADDRESS: what the dialog "New calendar, on the network" does with an address; gives the calendar's id
//   "refresh", ID: fetch again, as "Synchronise" does
//   "shown", ID: what it keeps and shows
const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");

async function subscribe(address) {
  const found = await cal.provider.detection.detect("", "", address, false, [], {});
  const calendars = [...found.values()].flat();
  if (calendars.length !== 1) {
    throw new Error(`${calendars.length} calendars at ${address}`);
  }
  cal.manager.registerCalendar(calendars[0]);
  return calendars[0].id;
}

function refresh(id) {
  cal.manager.getCalendarById(id).refresh();
}

function told(time) {
  if (time.isDate) {
    return time.icalString.replace(/^(....)(..)(..)$/, "$1-$2-$3");
  }
  return time
    .getInTimezone(cal.dtz.UTC)
    .icalString.replace(/^(....)(..)(..)T(..)(..)00Z$/, "$1-$2-$3T$4:$5Z");
}

async function shown(id) {
  const calendar = cal.manager.getCalendarById(id);
  const items = await calendar.getItemsAsArray(Ci.calICalendar.ITEM_FILTER_ALL_ITEMS, 0, null, null);
  return items.map(item => ({
    summary: item.title,
    start: told(item.startDate),
    end: told(item.endDate),
    status: item.status,
    zone: item.startDate.isDate ? null : item.startDate.timezone.tzid,
  }));
}

const [what, ...rest] = arguments;
return { subscribe, refresh, shown }[what](...rest);
