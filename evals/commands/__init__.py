"""The command line, a group of commands a module. Each registers its commands on the app that it is given."""
