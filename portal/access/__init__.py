"""The policy: who may do what. Written once; menus, buttons, pages and tests all ask here."""
