"""Rules of responsibility (责任认定规则). Pure."""
