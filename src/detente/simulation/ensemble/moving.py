"""Compiled: where futures start, and one step of covariates and positions, over `LANES` futures at once."""

from __future__ import annotations

from numba import njit

from detente.simulation.ensemble.luck import INNER, LANES, normals_of, quantiles_of


@njit(**INNER)
def spread_draws(held, first, found):
    """Write the draw of each future's parameter, held (P, rows, K), into found (rows, K, LANES)."""
    for lane in range(LANES):
        draw = (first + lane) % len(held)
        for row in range(found.shape[0]):
            for k in range(found.shape[1]):
                found[row, k, lane] = held[draw, row, k]


@njit(**INNER)
def begin(law, outside, table, first, desk):
    """Set the parameters of futures from `first` on, and draw where they start."""
    x, z, noise = desk.x, desk.z, desk.noise
    for lane in range(LANES):
        desk.which[lane] = law.which[(first + lane) % len(law.which)]
    spread_draws(law.alpha, first, desk.alpha)
    spread_draws(law.omega, first, desk.omega)
    spread_draws(law.beta, first, desk.beta)
    spread_draws(law.common, first, desk.common)
    spread_draws(law.own, first, desk.own)
    spread_draws(law.start, first, x)
    stream = 0
    for i in range(x.shape[0]):
        for k in range(x.shape[1]):
            normals_of(desk.words[0, stream], table, desk.place, noise)
            stream += 1
            for other in range(i, x.shape[0] if len(law.root) > 0 else i + 1):
                reach = law.root[k, other, i] if len(law.root) > 0 else law.start_sd[i, k]
                for lane in range(LANES):
                    x[other, k, lane] += reach * noise[lane]
            for lane in range(LANES):
                desk.wait_x[i, k, lane] = 0.0
                desk.drift[i, k, lane] = 0.0
    for i in range(z.shape[0]):
        for c in range(z.shape[1]):
            normals_of(desk.words[0, stream], table, desk.place, noise)
            stream += 1
            for lane in range(LANES):
                value = outside.start[i, c] + outside.start_sd[i, c] * noise[lane]
                z[i, c, lane] = min(max(value, outside.low[c]), outside.high[c])
                desk.wait_z[i, c, lane] = 0.0
    for d in range(len(desk.holds)):
        for lane in range(LANES):
            desk.holds[d, lane] = -1


@njit(**INNER)
def average(x, member, mean):
    """Write the mean of each bloc's members, member (N, B), into mean (B, K, LANES); 0 without members."""
    for b in range(mean.shape[0]):
        for k in range(mean.shape[1]):
            size = 0.0
            for lane in range(LANES):
                mean[b, k, lane] = 0.0
            for i in range(x.shape[0]):
                if member[i, b] > 0.0:
                    size += 1.0
                    for lane in range(LANES):
                        mean[b, k, lane] += x[i, k, lane]
            for lane in range(LANES):
                mean[b, k, lane] /= max(size, 1.0)


@njit(**INNER)
def listen(influence, x, heard):
    """Write sum_j W_ij x_j into heard, for four listeners and two speakers at a time.

    influence and heard have rows to spare, up to a multiple of four; influence has a column to spare where
    the number of speakers is odd. What is spare is 0.
    """
    speakers, wide = x.shape[0], x.shape[1] * LANES
    said, into = x.reshape(speakers, wide), heard.reshape(heard.shape[0], wide)
    for i in range(0, influence.shape[0], 4):
        one, two, three, four = into[i], into[i + 1], into[i + 2], into[i + 3]
        for place in range(wide):
            one[place] = two[place] = three[place] = four[place] = 0.0
        for j in range(0, influence.shape[1], 2):
            left, right = said[j], said[min(j + 1, speakers - 1)]
            a, b = influence[i, j], influence[i, j + 1]
            c, d = influence[i + 1, j], influence[i + 1, j + 1]
            e, f = influence[i + 2, j], influence[i + 2, j + 1]
            g, h = influence[i + 3, j], influence[i + 3, j + 1]
            for place in range(wide):
                here, there = left[place], right[place]
                one[place] += a * here + b * there
                two[place] += c * here + d * there
                three[place] += e * here + f * there
                four[place] += g * here + h * there


@njit(**INNER)
def move_covariates(step, outside, events, factor, words, table, desk):
    """Move covariates by what waits, their path, their walk and the shocks of the step; keep to bounds.

    factor (S, LANES) is the size of each shock in each future, 0 where it does not happen; words (walks,
    LANES) are for the walks.
    """
    noise = desk.noise
    for i in range(desk.z.shape[0]):
        for c in range(desk.z.shape[1]):
            z, moved, wait = desk.z[i, c], desk.moved[i, c], desk.wait_z[i, c]
            path, sd, low, high = (
                outside.path[step - 1, i, c],
                outside.spread[i, c],
                outside.low[c],
                outside.high[c],
            )
            for lane in range(LANES):
                moved[lane] = z[lane]
                z[lane] += wait[lane] + path
                wait[lane] = 0.0
            if sd > 0.0:
                normals_of(words[outside.walk[i, c]], table, desk.place, noise)
                for lane in range(LANES):
                    z[lane] += sd * noise[lane]
            for s in range(events.opens[step], events.opens[step + 1]):
                target, change = events.target[s, i, c], events.change[s, i, c]
                if target == target or change != 0.0:
                    # A target that is missing is no number, and not the same as itself.
                    aim, pull = (target, 1.0) if target == target else (0.0, 0.0)
                    for lane in range(LANES):
                        z[lane] += factor[s, lane] * (pull * (aim - z[lane]) + change)
            for lane in range(LANES):
                z[lane] = min(max(z[lane], low), high)
                moved[lane] = z[lane] - moved[lane]


@njit(**INNER)
def move_positions(law, member, own, common, tables, desk):
    """Move positions by the equation of `Dynamics`, given what covariates did, and by what waits.

    own (N K, LANES) and common ((B + 1) K, LANES) are random words; member (N, B) is of this step.
    """
    x, issues, blocs, noise = desk.x, desk.x.shape[1], desk.mean.shape[0], desk.noise
    average(x, member, desk.mean)
    listen(law.influence, x, desk.heard)
    alike = True
    for lane in range(LANES):
        alike &= desk.which[lane] == desk.which[0]
    for b in range(blocs + 1):
        for k in range(issues):
            normals_of(common[b * issues + k], tables[0], desk.place, noise)
            for lane in range(LANES):
                desk.shock[b, k, lane] = desk.common[b, k, lane] * noise[lane]
    for i in range(x.shape[0]):
        for k in range(issues):
            if alike:
                normals_of(own[i * issues + k], tables[desk.which[0]], desk.place, noise)
            else:
                quantiles_of(own[i * issues + k], tables, desk.which, desk.place, noise)
            at, old, wait, heard = x[i, k], desk.before[i, k], desk.wait_x[i, k], desk.heard[i, k]
            drift, every, omega, own_sd = (
                desk.drift[i, k],
                desk.shock[blocs, k],
                desk.omega[0, k],
                desk.own[i, k],
            )
            for lane in range(LANES):
                now = at[lane]
                old[lane] = now
                now += wait[lane] + drift[lane] + every[lane]
                now += omega[lane] * (heard[lane] - law.heard[i] * old[lane])
                at[lane] = now + own_sd[lane] * noise[lane]
                wait[lane] = 0.0
            for b in range(blocs):
                if member[i, b] > 0.0:
                    alpha, mean, shock = desk.alpha[b, k], desk.mean[b, k], desk.shock[b, k]
                    for lane in range(LANES):
                        at[lane] += alpha[lane] * (mean[lane] - old[lane]) + shock[lane]
            for c in range(desk.z.shape[1]):
                beta, moved = desk.beta[c, k], desk.moved[i, c]
                for lane in range(LANES):
                    at[lane] += beta[lane] * moved[lane]


@njit(**INNER)
def shake(step, events, factor, words, news, table, desk):
    """Shift positions by the shocks of the step, and by the news that those who attend have in common."""
    x, noise = desk.x, desk.noise
    for s in range(events.opens[step], events.opens[step + 1]):
        for k in range(x.shape[1]):
            heard = news[s, k] >= 0
            if heard:
                normals_of(words[news[s, k]], table, desk.place, noise)
            for i in range(x.shape[0]):
                shift, sd = events.shift[s, i, k], events.news[s, k] * events.hears[s, i]
                if shift != 0.0:
                    for lane in range(LANES):
                        x[i, k, lane] += factor[s, lane] * shift
                if heard and sd > 0.0:
                    for lane in range(LANES):
                        x[i, k, lane] += factor[s, lane] * sd * noise[lane]
