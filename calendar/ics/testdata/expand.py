# Prints the occurrences of an iCalendar file as python-recurring-ical-events reads
# them: start and end in seconds since 1970, one a line.
# usage: expand.py FILE FROM TO (seconds since 1970)
import sys
from datetime import datetime, timezone

import icalendar
import recurring_ical_events


def seconds(t):
    return int(t.astimezone(timezone.utc).timestamp())


with open(sys.argv[1], "rb") as f:
    calendar = icalendar.Calendar.from_ical(f.read())
start, stop = (datetime.fromtimestamp(int(a), timezone.utc) for a in sys.argv[2:4])
rows = []
for event in recurring_ical_events.of(calendar).between(start, stop):
    begin = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else begin
    rows.append((seconds(begin), seconds(end)))
for row in sorted(rows):
    print(*row)
