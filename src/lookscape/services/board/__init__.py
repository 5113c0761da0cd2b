"""The model board: every trained model beside PCA, judged on photos that none of them has seen."""
