"""Stand-ins for what lies outside (模拟外部系统): processes of their own that really speak the protocols."""
