# Prints the events of an iCalendar file as another program reads them: UID, start and
# end in seconds since 1970, SEQUENCE, STATUS and SUMMARY, separated by tabs, by UID.
# A line with the name of the file goes before them.
# usage: foreign.py icalendar|recurring|libical FROM TO (seconds since 1970) FILE...
# What a reader complains about goes to standard error and fails.
import sys
from datetime import datetime, timezone

reader, start, stop = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rows, complaints = [], []


def seconds(t):
    return int(t.astimezone(timezone.utc).timestamp())


def of_icalendar(events):
    for e in events:
        rows.append((str(e["UID"]), seconds(e["DTSTART"].dt), seconds(e["DTEND"].dt) if "DTEND" in e else seconds(e["DTSTART"].dt + e["DURATION"].dt),
                     int(e.get("SEQUENCE", 0)), str(e.get("STATUS", "")), str(e.get("SUMMARY", ""))))


def read(data):
    if reader == "icalendar":
        import icalendar

        calendar = icalendar.Calendar.from_ical(data)
        for c in calendar.walk():
            complaints.extend(f"{c.name}: {e}" for e in getattr(c, "errors", []))
        of_icalendar(calendar.walk("VEVENT"))
    elif reader == "recurring":
        import icalendar
        import recurring_ical_events

        calendar = icalendar.Calendar.from_ical(data)
        of_icalendar(recurring_ical_events.of(calendar, skip_bad_series=False).between(datetime.fromtimestamp(start, timezone.utc), datetime.fromtimestamp(stop, timezone.utc)))
    elif reader == "libical":
        import gi

        gi.require_version("ICalGLib", "3.0")
        from gi.repository import ICalGLib as I

        calendar = I.Component.new_from_string(data.decode("utf-8"))
        if calendar is None or not calendar.is_valid():
            sys.exit("libical cannot read it")
        if not calendar.check_restrictions():  # those of RFC 5546; what breaks one is noted as an error
            complaints.append("breaks a restriction of iTIP")
        if calendar.count_errors():
            complaints.append(f"{calendar.count_errors()} errors")
        e = calendar.get_first_component(I.ComponentKind.VEVENT_COMPONENT)
        while e is not None:
            times = [e.get_dtstart(), e.get_dtend()]
            if times[1] is None or times[1].is_null_time():
                times[1] = times[0].add(e.get_duration())
                times[1].set_timezone(times[0].get_timezone())
            status = {I.PropertyStatus.CONFIRMED: "CONFIRMED", I.PropertyStatus.CANCELLED: "CANCELLED"}.get(e.get_status(), str(e.get_status()))
            rows.append((e.get_uid(), *(t.as_timet_with_zone(t.get_timezone()) for t in times), e.get_sequence(), status, e.get_summary()))
            e = calendar.get_next_component(I.ComponentKind.VEVENT_COMPONENT)


for path in sys.argv[4:]:
    with open(path, "rb") as f:
        read(f.read())
    if complaints:
        sys.exit(path + ": " + "\n".join(complaints))
    print(path)
    for row in sorted(rows):
        print(*row, sep="\t")
    rows.clear()
