// Prints the occurrences of an iCalendar file as ical.js (the reader of Thunderbird)
// reads them: start and end in seconds since 1970, one a line.
// usage: expand.cjs FILE FROM TO (seconds since 1970)
const fs = require("fs");
const loaded = require("ical.js");
const ICAL = loaded.default || loaded;

const [file, from, to] = process.argv.slice(2);
const calendar = new ICAL.Component(ICAL.parse(fs.readFileSync(file, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);

const masters = [];
const overrides = [];
for (const vevent of calendar.getAllSubcomponents("vevent")) {
  const event = new ICAL.Event(vevent, { exceptions: [] }); // else it takes the overrides of all UIDs
  (event.isRecurrenceException() ? overrides : masters).push(event);
}
const rows = [];
const add = (start, end) => {
  const a = start.toUnixTime(), b = end.toUnixTime();
  if (a < +to && (b > +from || a === b && a >= +from)) rows.push([a, b]);
};
for (const event of masters) {
  for (const o of overrides) if (o.uid === event.uid) event.relateException(o);
  if (!event.isRecurring()) {
    add(event.startDate, event.endDate);
    continue;
  }
  const walk = event.iterator();
  for (let next = walk.next(); next && next.toUnixTime() < +to; next = walk.next()) {
    const details = event.getOccurrenceDetails(next);
    add(details.startDate, details.endDate);
  }
}
rows.sort((x, y) => x[0] - y[0] || x[1] - y[1]);
for (const row of rows) console.log(row.join(" "));
