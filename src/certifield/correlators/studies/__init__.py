"""Studies of ensembles: their correlators by sampling, held against closed forms and against the law of their fall with the width."""
