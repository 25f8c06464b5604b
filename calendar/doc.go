package calendar
