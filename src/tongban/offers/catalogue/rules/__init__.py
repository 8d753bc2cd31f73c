"""Rules of the catalogue (事项规则): what a guide holds, how its form is checked, how an edition lives. Pure."""
