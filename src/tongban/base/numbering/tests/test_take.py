from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from tongban.base.numbering.actions import take


@pytest.mark.django_db
def test_each_series_counts_from_one():
    assert [take("a"), take("a"), take("b")] == [1, 2, 1]


@pytest.mark.django_db
def test_a_number_taken_by_an_act_that_failed_is_given_again():
    with transaction.atomic():
        take("a")
        transaction.set_rollback(True)
    assert take("a") == 1


@pytest.mark.django_db(transaction=True)
def test_takers_at_the_same_time_get_every_number_once_without_a_gap():
    def work(n: int) -> int | None:
        try:
            with transaction.atomic():
                number = take("hot")
                if n % 4 == 0:
                    raise RuntimeError
                return number
        except RuntimeError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        taken = [number for number in pool.map(work, range(40)) if number is not None]
    assert sorted(taken) == list(range(1, 31))
