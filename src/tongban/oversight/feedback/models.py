"""Table of ratings (评价表)."""

from django.db import models


class Rating(models.Model):
    """Rating (评价) of a case by its applicant."""

    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, primary_key=True, related_name="+")
    scheme = models.CharField(max_length=20)
    grade = models.PositiveSmallIntegerField()
    comment = models.CharField(max_length=1000, blank=True)
    channel = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        db_table = "rating"
        constraints = [
            models.CheckConstraint(condition=models.Q(grade__gte=1, grade__lte=5), name="rating_grade")
        ]
