#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The page of `cistern size --report` in a browser: page_test.py PROGRAM ROOT"""
import json
import os
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from browser import Browser  # noqa: E402 - beside this file

program, root = map(os.path.abspath, sys.argv[1:3])
folder = tempfile.TemporaryDirectory(prefix="cistern-page-")
cases = []


def path_of(name):
    return os.path.join(folder.name, name)


def write_page(name, *arguments):
    path = path_of(name + ".html")
    subprocess.run([program, "size", "--report", path, *arguments], check=True, stdout=subprocess.DEVNULL)
    return path


def sample(name):
    return os.path.join(root, "samples", name)


def check(condition, what):
    if not condition:
        raise SystemExit("not so: " + what)


def case(test):
    cases.append(test)
    return test


def run(test, browser):
    """Each case starts from the same window, and must leave the console empty."""
    browser.errors.clear()
    browser.size(1280, 900)
    browser.scheme("light")
    test(browser)
    check(not browser.errors, "%s without a message on the console: %s" % (test.__name__, browser.errors))
    print("ok", test.__name__, flush=True)


def window(browser):
    return browser.evaluate("[cistern.view.from, cistern.view.to, cistern.view.end]")


def drag_across(browser, first, last):
    """Drags over parts of the first chart's plot."""
    area = browser.evaluate("(() => { const place = cistern.charts[0].place.getBoundingClientRect();"
                            " const area = cistern.charts[0].dygraph.getArea();"
                            " return [place.left + area.x, place.top + area.y, area.w, area.h]; })()")
    y = area[1] + area[3] / 2
    browser.drag((area[0] + first * area[2], y), (area[0] + last * area[2], y))


def show_demand(browser):
    browser.evaluate("document.querySelector('#demand').scrollIntoView()")
    browser.frames()


@case
def the_verdict_is_shown_first(browser):
    for name in ("http.pcap", "dhcp.pcap"):
        printed = subprocess.run([program, "size", "--json", sample(name)], check=True, capture_output=True)
        result = json.loads(printed.stdout)
        browser.open(write_page(name, sample(name)))
        check(result["verdict"] in browser.evaluate("document.querySelector('#verdict').innerText"),
              "the page says " + result["verdict"])
        kind = "good" if result["suffices"] else "short"
        check(browser.evaluate("document.querySelector('#verdict').className") == kind, name + " is " + kind)


@case
def every_pool_that_was_used_has_a_row_and_a_chart(browser):
    browser.open(write_page("pools", "--device", "02:00:00:00:00:01", sample("http.pcap"), sample("dhcp.pcap")))
    result = browser.evaluate("JSON.parse(document.querySelector('#data').textContent).result")
    used = [pool["name"] for pool in result["pools"] if pool["most"] > 0]
    rows = browser.evaluate("[...document.querySelectorAll('#pools td.name')].map(cell => cell.textContent)")
    fits = "cistern.charts.every(chart => chart.dygraph.size().width === chart.place.clientWidth)"
    check(browser.evaluate(fits), "each chart is as wide as its place")
    titles = browser.evaluate("[...document.querySelectorAll('.charts h3')].map(title => title.textContent)")
    check(len(used) > 5 and set(used) <= set(rows), "rows of %s in %s" % (used, rows))
    check(set(used) <= set(titles), "charts of %s in %s" % (used, titles))
    # what is drawn: the curves' own highest level is the table's
    drawn = browser.evaluate("cistern.curves.map(curve => [curve.name, Math.max(...curve.most)])")
    packets = browser.evaluate("cistern.curves.map(curve => [Math.min(...curve.packet), Math.max(...curve.packet)])")
    check(all(0 <= low and high <= result["packets"] for low, high in packets), "packets of %s" % packets)
    for pool in result["pools"]:
        check(pool["most"] == dict(map(tuple, drawn)).get(pool["name"], 0), "the peak of " + pool["name"])


@case
def a_drag_zooms_all_charts_and_a_double_click_shows_all(browser):
    browser.open(write_page("zoom", sample("http.pcap")))
    show_demand(browser)
    end = window(browser)[2]
    check(window(browser)[:2] == [0, end], "all is shown at first")
    drag_across(browser, 0.25, 0.5)
    low, high, _ = window(browser)
    check(abs(low - end / 4) < end / 50 and abs(high - end / 2) < end / 50, "zoomed to %s..%s" % (low, high))
    ranges = browser.evaluate("cistern.charts.filter(chart => chart.visible).map(chart => chart.dygraph.xAxisRange())")
    check(len(ranges) >= 3, "several charts are in sight")
    check(all(abs(a - low) < 1e-9 and abs(b - high) < 1e-9 for a, b in ranges), "all show the same window")
    x, y = browser.center(".charts .wide .chart")
    for clicks in (1, 2):
        browser.mouse("mousePressed", x, y - 40, buttons=1, clicks=clicks)
        browser.mouse("mouseReleased", x, y - 40, clicks=clicks)
    browser.frames()
    check(window(browser)[:2] == [0, end], "a double click shows all again")


@case
def zooming_to_a_peak_shows_its_packet(browser):
    browser.open(write_page("peak", sample("http.pcap")))
    browser.click("#demand-PBUF_POOL button")
    low, high, end = window(browser)
    peak = browser.evaluate("(() => { const curve = cistern.curves.find(one => one.name === 'PBUF_POOL');"
                            " const at = curve.most.indexOf(Math.max(...curve.most));"
                            " return [curve.time[at], curve.packet[at]]; })()")
    table = browser.evaluate("JSON.parse(document.querySelector('#data').textContent).result.pools[0]")
    check(table["name"] == "PBUF_POOL" and table["peak_packet"] == peak[1], "the table's packet is %s" % peak[1])
    check(low < peak[0] < high and high - low < end / 20, "the window is about the peak")
    text = browser.evaluate("document.querySelector('#demand-PBUF_POOL .why').textContent")
    check("packet %d " % peak[1] in text, "the packet in: " + text)


@case
def a_pointer_reads_the_curve_out(browser):
    browser.open(write_page("readout", sample("http.pcap")))
    show_demand(browser)
    x, y = browser.center(".charts .wide .chart")
    browser.mouse("mouseMoved", x, y)
    browser.frames()
    text = browser.evaluate("document.querySelector('.charts .wide .readout').textContent")
    check("packet" in text and "held" in text, "the readout: " + text)


@case
def one_click_copies_the_configuration(browser):
    browser.open(write_page("copy", sample("http.pcap")))
    browser.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    for tab, name in ((1, "lwipopts"), (2, "lwippools"), (3, "syscfg"), (4, "sdkconfig")):
        browser.click(".tabs button:nth-child(%d)" % tab)
        browser.click(".tabs .copy")
        check(browser.evaluate("document.querySelector('.tabs .done').textContent") == "Copied", "it says so")
        printed = subprocess.run([program, "size", "--format", name, sample("http.pcap")], check=True,
                                 capture_output=True, text=True)
        copied = browser.evaluate("navigator.clipboard.readText()")
        check(copied == printed.stdout, "what was copied is the %s that the command prints" % name)


@case
def light_and_dark_follow_the_system_and_the_button(browser):
    browser.open(write_page("theme", sample("dns.pcap")))
    ground = "getComputedStyle(document.body).backgroundColor"
    light = browser.evaluate(ground)
    browser.scheme("dark")
    dark = browser.evaluate(ground)
    check(light != dark, "the ground differs")
    browser.click("#theme")
    check(browser.evaluate(ground) == light, "the button goes back")
    # text stands out from its ground in both
    for scheme in ("light", "dark"):
        browser.evaluate("document.documentElement.dataset.theme = '%s'" % scheme)
        ratio = browser.evaluate("""(() => {
          const light = text => text.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const seen = [...document.querySelectorAll('p, td, th, h2, .fact, .why, .lacks')]
            .filter(e => e.offsetWidth > 0).map(e => light(getComputedStyle(e).color));
          const card = light(getComputedStyle(document.querySelector('.card')).backgroundColor);
          return Math.min(...seen.map(v => (Math.max(v, card) + 0.05) / (Math.min(v, card) + 0.05)));
        })()""")
        check(ratio >= 4.5, "contrast of at least 4.5 in %s: %.1f" % (scheme, ratio))


@case
def a_phone_shows_all_without_scrolling_sideways(browser):
    page = write_page("phone", sample("http.pcap"))
    browser.size(360, 740, phone=True)
    browser.open(page)
    check(browser.evaluate("document.documentElement.scrollWidth") <= 360, "no wider than the screen")
    wide = browser.evaluate("[...document.querySelectorAll('td, .tile, .chart, h3')].filter(e =>"
                            " e.getBoundingClientRect().right > innerWidth + 1).map(e => e.textContent)")
    check(wide == [], "nothing reaches beyond it: %s" % wide)
    small = browser.evaluate("Math.min(...[...document.querySelectorAll('td, p, pre')]"
                             ".map(e => parseFloat(getComputedStyle(e).fontSize)))")
    check(small >= 12, "no text is smaller than 12 pixels: %s" % small)


@case
def it_prints_on_white_with_every_configuration(browser):
    browser.open(write_page("print", sample("http.pcap")))
    browser.scheme("dark", media="print")
    browser.evaluate("dispatchEvent(new Event('beforeprint'))")
    browser.frames()
    check(browser.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", "white")
    hidden = browser.evaluate("[...document.querySelectorAll('pre')].filter(e => e.offsetHeight === 0).length")
    check(hidden == 0, "all four configurations are printed")
    check(browser.evaluate("document.querySelector('#theme').offsetHeight") == 0, "no buttons are")
    kept = browser.evaluate("document.querySelectorAll('img.printed').length")
    check(kept == browser.evaluate("document.querySelectorAll('canvas').length") > 0, "each chart is a picture")
    pdf = browser.call("Page.printToPDF", preferCSSPageSize=True)["data"]
    check(len(pdf) > 50000, "a document comes out")
    browser.evaluate("dispatchEvent(new Event('afterprint'))")
    check(browser.evaluate("document.querySelectorAll('img.printed').length") == 0, "none stays")


@case
def hostile_names_stay_text(browser):
    os.makedirs(path_of("x<"))
    names = ["x</script><b>bold.pcap", "<img src=x onerror=alert(1)>.pcap", "\u2028\u2029'\"&amp;.pcap"]
    for name in names:
        os.symlink(sample("dns.pcap"), path_of(name))
        browser.open(write_page("hostile", path_of(name)))
        check(name in browser.evaluate("document.querySelector('#device').textContent"),
              "the name is shown as it is: " + name)
        check(browser.evaluate("document.querySelectorAll('img:not([src^=\"data:\"]), p b').length") == 0, "no element came from it")


@case
def a_summary_has_a_page_without_curves(browser):
    subprocess.run([program, "size", "--summary", path_of("one.summary"), sample("http.pcap")], check=True,
                   stdout=subprocess.DEVNULL)
    browser.open(write_page("summary", path_of("one.summary")))
    check(browser.evaluate("document.querySelectorAll('#demand, #heap, #connections').length") == 0, "no curves")
    check(browser.evaluate("document.querySelectorAll('#pools tr').length") > 5, "but the table")


@case
def a_trace_has_its_events_and_its_own_pools(browser):
    browser.open(write_page("trace", os.path.join(root, "tests/tool/traces/i686.ctr")))
    text = browser.evaluate("document.body.innerText")
    check("packet" not in text and "event 12" in text, "events are counted, not packets")
    names = browser.evaluate("[...document.querySelectorAll('#pools td.name')].map(cell => cell.textContent)")
    check("frames" in names and "PBUF_POOL" in names, "pools of %s" % names)
    # the pools that lwIP does not have: what is drawn, and where its highest point is, are the table's
    drawn = browser.evaluate("cistern.own.map(pool => { const curve = cistern.ownCurves.get(pool.index);"
                             " const most = Math.max(...curve.most);"
                             " return [pool.name, most, curve.packet[curve.most.indexOf(most)]]; })")
    check(drawn == [["frames", 9, 133], ["words", 9, 9]], "curves of the program's own: %s" % drawn)
    titles = browser.evaluate("[...document.querySelectorAll('.charts h3')].map(title => title.textContent)")
    check(titles[-2:] == ["frames", "words"], "charts of %s" % titles)
    words = browser.evaluate("[...document.querySelectorAll('.charts .card')].pop().innerText")
    check("held 9, needed 9, now 8" in words and "Peak of 9 at event 9" in words, "the card of words: " + words)
    browser.click("#pools a[href='#demand-own-4']")
    browser.click("#demand-own-4 button")
    low, high, end = window(browser)
    check(low <= 0 < high < end / 10, "the window is about the peak of words")
    check(browser.evaluate("cistern.curves.length") >= 3, "curves of the pools that lwIP knows")
    check(browser.evaluate("document.querySelector('#connections')") is None, "no connections")


def write_trace(name, pools, events):
    """A ring of 32 bits as it lies in memory: pools (name, kind, size, stride, count), events (kind, pool, block)."""
    def chunk(kind, data):
        return struct.pack("<I4sII", 0x4b6e4843, kind, len(data), 0) + data
    ring = struct.pack("<IIIIIIIII", 0, 0, 0, 0, 0, 0, len(events), 20, 0)
    for kind, pool, block in events:
        ring += struct.pack("<IIIII", 0x1000 + pool, block, 8 << 3 | kind, 0x77, 1000)
    table = b"".join(struct.pack("<IIIIB23s", 0x1000 + i, size, stride, count, kind, called)
                     for i, (called, kind, size, stride, count) in enumerate(pools))
    with open(path_of(name), "wb") as file:
        file.write(struct.pack("<4sHBBII", b"CTR\x1a", 0x4321, 1, 4, 1000, 0) + chunk(b"r", ring) + chunk(b"d", table))
    return path_of(name)


@case
def a_trace_without_lwip_has_its_curves_under_names_that_stay_text(browser):
    get, put = 1, 2
    names = [b"</script><b>\"&'", b"TCP_SEG?", b"</script><b>\"&'"]
    path = write_trace("own.ctr", [(called, 1, 8, 8, 4) for called in names],
                       [(get, 0, 16), (get, 2, 16), (get, 2, 24), (put, 0, 16), (get, 1, 8), (put, 2, 16)])
    browser.open(write_page("own", path))
    drawn = browser.evaluate("cistern.own.map(pool => [pool.name, Math.max(...cistern.ownCurves.get(pool.index).most)])")
    check(drawn == [[names[0].decode(), 1], [names[1].decode(), 1], [names[2].decode(), 2]], "curves: %s" % drawn)
    titles = browser.evaluate("[...document.querySelectorAll('.charts h3')].map(title => title.textContent)")
    check(titles[1:] == [name.decode() for name in names], "charts of %s" % titles)
    needed = browser.evaluate("cistern.own.reduce((sum, pool) => sum + pool.bytes_needed, 0)")
    tile = browser.evaluate("document.querySelector('.tile b').textContent")
    check(needed == 4 * 8 and tile.startswith("%d" % needed), "%d bytes needed, the tile has %s" % (needed, tile))
    check(browser.evaluate("document.querySelectorAll('b:not(.tile b)').length") == 0, "no element came from a name")
    most = browser.evaluate("Math.max(...cistern.curves.find(curve => curve.name === 'all').most)")
    check(most == 4 * 8 - 8, "all hold %d bytes at most" % most)


@case
def a_second_heap_has_its_curve_in_bytes(browser):
    alloc, free, size = 3, 4, 8
    path = write_trace("heaps.ctr", [(b"HEAP", 2, 1000, 4, 4), (b"fonts", 2, 0, 4, 4)],
                       [(alloc, 0, 16), (alloc, 1, 32), (alloc, 1, 64), (free, 1, 32), (free, 0, 16)])
    browser.open(write_page("heaps", path))
    pool = browser.evaluate("cistern.own[0]")
    most = browser.evaluate("Math.max(...cistern.ownCurves.get(1).most)")
    check(pool["name"] == "fonts (heap)" and most == pool["held"] >= 2 * size, "the curve of %s" % pool)
    card = browser.evaluate("document.querySelector('#demand-own-1').innerText")
    check("now unknown" in card and "Peak of %d B at event 3" % most in card, "the card: " + card)
    check(browser.evaluate("cistern.charts.length") == 4, "charts of all, each heap, and the heap map")


def write_flood(path, packets):
    """A device answers echo requests and datagrams in turn: it takes and gives with each."""
    ends = (b"\x02\0\0\0\0\x01", b"\x02\0\0\0\0\x02")
    addresses = (b"\xc0\0\x02\x01", b"\xc0\0\x02\x02")
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for i in range(packets):
            out = i % 2
            protocol, payload = ((1, bytes([0 if out else 8])), (17, b"\0\x07\0\x07\0\x40"))[i // 2 % 2]
            header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 84, i & 0xffff, 0, 64, protocol, 0, addresses[1 - out],
                                 addresses[out])
            frame = ends[out] + ends[1 - out] + b"\x08\0" + header + payload.ljust(64, b"\0")
            file.write(struct.pack("<IIII", 1 + i // 20000, i % 20000 * 50, len(frame), len(frame)) + frame)


@case
def a_million_points_are_drawn_as_pixels(browser):
    write_flood(path_of("flood.pcap"), 250000)
    page = write_page("flood", "--device", "192.0.2.1", path_of("flood.pcap"))
    browser.open(page)
    points = browser.evaluate("cistern.curves.reduce((sum, curve) => sum + curve.points, 0)")
    check(points >= 1000000, "a million points are in the page: %d" % points)
    bound = "cistern.charts.every(chart => chart.dygraph.numRows() <= 3 * Math.max(200, chart.place.clientWidth) + 1300)"
    check(browser.evaluate(bound), "no chart draws more than its pixels show")
    show_demand(browser)
    drag_across(browser, 0.4, 0.6)
    check(browser.evaluate(bound), "nor when zoomed")
    low, high, end = window(browser)
    check(0 < low < high < end, "it zooms")
    # the peak of the whole survives the thinning
    browser.evaluate("cistern.setWindow(0, cistern.view.end)")
    browser.frames()
    kept = browser.evaluate("(() => { const chart = cistern.charts[0].dygraph; let drawn = 0;"
                            " for (let i = 0; i < chart.numRows(); ++i) drawn = Math.max(drawn, chart.getValue(i, 1));"
                            " const all = cistern.curves.find(curve => curve.name === 'all').most;"
                            " return [drawn, all.reduce((most, value) => Math.max(most, value), 0)]; })()")
    check(kept[0] == kept[1] > 0, "the highest point is drawn: %s" % kept)


with Browser() as one:
    for each in cases:
        run(each, one)
print("%d passed, 0 failed" % len(cases))
