"""Where the alliance is going: ensembles of futures from the estimates and the case's assumptions."""
