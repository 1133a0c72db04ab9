"""The calendar: months, weeks, lists and years of what the viewer may see."""
