"""Health: what a supervisor, a load balancer and a monitoring ask the portal about itself."""
