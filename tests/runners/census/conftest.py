from braid_census import answers as answers, braids as braids, question as question
