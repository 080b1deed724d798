"""Monitoring: what the sites say of their hosts and services, now."""
