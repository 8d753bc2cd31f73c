import re

from tongban.doors.portal import outline

HAIKOU = (110.3214, 19.9876)  # 龙华区
SANYA = (109.51, 18.25)
AT_SEA = (112.0, 18.0)


def numbers(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", path)]


def test_a_point_is_drawn_in_the_county_that_holds_it():
    (drawing,) = outline.drawings([HAIKOU])
    assert drawing.name == "龙华区"
    (mark,) = drawing.marks
    xs, ys = zip(*numbers(drawing.path), strict=True)
    assert min(xs) < mark.x < max(xs)
    assert min(ys) < mark.y < max(ys)


def test_counters_of_two_counties_have_two_outlines_and_keep_their_numbers():
    drawn = outline.drawings([SANYA, None, HAIKOU, HAIKOU])
    assert [[mark.number for mark in one.marks] for one in drawn] == [[3, 4], [1]]
    assert len({one.name for one in drawn}) == 2


def test_a_counter_without_a_place_or_at_sea_is_only_in_the_list():
    assert outline.drawings([None, AT_SEA]) == []
    assert outline.drawings([]) == []


def test_every_county_fits_the_drawing_and_no_border_point_is_left_out():
    assert len(outline.counties()) == 26
    for county in outline.counties():
        drawing = outline._drawn(county, [])
        points = numbers(drawing.path)
        assert len(points) == sum(map(len, county.rings))  # unmodified: not one point is simplified away
        assert all(0 <= x <= outline.WIDTH and 0 <= y <= outline.HEIGHT for x, y in points)
        assert 0 < drawing.bar_length <= outline.WIDTH / 3


def test_north_is_above_and_east_is_right():
    (drawing,) = outline.drawings([HAIKOU, (HAIKOU[0] + 0.005, HAIKOU[1] + 0.005)])
    one, other = drawing.marks
    assert other.x > one.x
    assert other.y < one.y


def test_the_bar_says_how_far_it_is():
    (drawing,) = outline.drawings([HAIKOU, (HAIKOU[0], HAIKOU[1] - 0.05)])
    north, south = drawing.marks
    km = 0.05 * 111.32
    assert abs((south.y - north.y) / km - drawing.bar_length / drawing.bar_km) < 0.1
