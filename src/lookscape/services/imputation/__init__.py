"""Missing values predicted from photos: rows for learners, the best learner, calibration, what to label next."""
