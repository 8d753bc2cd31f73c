"""The only place that knows HTTP: portal, workbench and machine API over shared web parts."""
