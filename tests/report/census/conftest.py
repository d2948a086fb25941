from braid_census import braids as braids, question as question
