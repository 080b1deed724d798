"""Tables of hosts, services, groups and customers: what they show, how they are narrowed, whence their rows come."""
