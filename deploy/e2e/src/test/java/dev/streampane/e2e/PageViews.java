// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.e2e.Beside.beside;
import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.log.TopicRecords;
import dev.streampane.local.server.CutProxy;
import dev.streampane.local.server.LocalService;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.openqa.selenium.JavascriptException;

/** The page in a browser: each view shows what the API says, goes on by itself, and is for everybody. */
final class PageViews {

    private static final String JOB = Feed.READINGS.job();
    private static final String SPEC = LoadedStack.RULE.spec();
    private static final String HOSTILE = "<img src=x onerror=\"window.hostile = 1\">";
    private static final int DEVICES = 600;
    private static final String OFFSETS = "[aria-label='Offsets that it was made of']";

    /** Something of each view that is there with data alone. */
    private static final String CONTENT = ".card, .points tr, .alert, .words li, main table tbody tr, .record";

    /** Those that are shown: SHOWN of the page's words.js. */
    private static final int WORDS = 40;

    private static final int MOST_BYTES = 200_000;

    /** What else the machine does is not the page's: the median of so many loads counts, and they are repeated when it is over. */
    private static final int LOADS = 3;

    private final Up up;
    private final Path data;
    private final Duration firstData;
    private final Rest api;
    private final Readings readings;

    /**
     * @param firstData how long it may take from the beginning of a load to data on the screen
     */
    PageViews(Up up, Path data, Duration firstData) {
        this.up = up;
        this.data = data;
        this.firstData = firstData;
        this.api = new Rest(up.url(StackPort.RESULTS_API));
        this.readings = new Readings(up.bootstrapServers(), Load.START.plus(Duration.ofHours(1)));
    }

    void check() throws Exception {
        try (readings;
                Browser browser = Browser.open(up.url(StackPort.RESULTS_API))) {
            await().until(() -> browser.state().equals("live"));
            PageUse use = new PageUse(api, browser, data.resolve("downloads"));
            PageConnections connections = new PageConnections(browser);
            PageDrawings drawings = new PageDrawings(api, browser);
            assertAll(
                    () -> showsFiguresOfItsLoad(browser), // while nothing else is done
                    () -> beside(
                            this::isOpenedByKeysAndLogins,
                            () -> cardsShowWhatTheApiSays(browser),
                            drawings::drawsTheLinesOfCards,
                            drawings::gaugesDevices,
                            () -> historyShowsWhatTheApiSays(browser),
                            drawings::drawsFromTheLowestToTheHighest,
                            () -> auditAndClocksAreShown(browser),
                            drawings::drawsTheSharesOfTheAudit,
                            () -> alertsAreShown(browser),
                            drawings::drawsTheScoresOfAlerts,
                            () -> wordsAreShown(browser),
                            () -> revisionsAreShown(browser),
                            () -> explainMarksWhatIsFalsified(browser),
                            () -> beside(
                                    this::detailsAreShown,
                                    () -> isForEverybody(browser),
                                    () -> keepsStillForWhoAsksForIt(browser),
                                    () -> isNotWidenedByAChart(browser),
                                    use::zoomsByDragging,
                                    use::givesWhatIsShownAsCsv,
                                    use::laysTheDayBeforeOver),
                            () -> manySeriesArrive(browser),
                            () -> connections.comesBackWithoutAHole( // results-api goes away for all
                                    "meanwhile", () -> up.kill("results-api"), readings::publish, () -> {}),
                            () -> beside(
                                    this::isUsedByKeysAndLosesNothing,
                                    connections::saysThatResultsWereMissed,
                                    connections::showsWhatCouldNotBeHad,
                                    () -> connections.isOneOfTwoWindows(readings::publish),
                                    () -> connections.tellsTwoWindowsAllWords(this::assertWords),
                                    () -> connections.leavesWhileItIsHidden(readings::publish))));
        }
    }

    /** Services and browsers of their own. */
    private void isOpenedByKeysAndLogins() {
        assertAll(this::checkWithKeys, new PageLogins(up, data.resolve("page-logins"))::check);
    }

    /** In a browser of its own, whose clock and zone are others. */
    private void detailsAreShown() {
        try (Browser browser = Browser.open(up.url(StackPort.RESULTS_API))) {
            PageDetails details = new PageDetails(up, api, browser, readings);
            assertAll(
                    details::addsUpAClientsDay,
                    details::tellsUtcWhereOnePoints,
                    details::tellsTheDayOfWhatIsOfYesterday,
                    details::gaugesADevice,
                    details::showsTheWindowThatFills,
                    details::namesStalledPartitions,
                    details::tellsHowJobsStand,
                    details::leadsFromNumbersToRecords,
                    details::isAlertedAtOnce,
                    details::tellsWhereAWindowComesFrom,
                    details::readsTheHistoryToItsEnd);
        }
    }

    /** In a browser of its own, and over a network of its own. */
    private void isUsedByKeysAndLosesNothing() throws IOException {
        try (CutProxy network = new CutProxy(up.url(StackPort.RESULTS_API));
                Browser browser = Browser.open(network.url())) {
            assertAll(
                    new PageUse(api, browser, data.resolve("downloads"))::isUsedByKeysAlone,
                    () -> new PageConnections(browser)
                            .comesBackWithoutAHole("cut-off", network::cutOff, this::publishAndAwait, network::restore),
                    () -> losesNothingWhereverItsStreamIsCut(browser));
        }
    }

    /** A reading of each device; until the API has their windows. */
    private void publishAndAwait(List<String> devices) {
        readings.publish(devices);
        for (String device : devices) {
            patiently().until(() -> !api.get("/api/v1/windows?job=" + JOB + "&limit=1&key=" + device)
                    .path("items")
                    .isEmpty());
        }
    }

    /** What is loaded by who has never been here, and how long that takes. */
    private void showsFiguresOfItsLoad(Browser browser) {
        Duration first = Best.of(firstData, () -> medianOfLoads(browser));
        browser.go(history());
        patiently().until(() -> browser.js("return Boolean(globalThis.Chart)"));
        String loaded =
                "const loaded = performance.getEntries().filter(e => e.entryType === 'navigation' || e.name.includes('/page/'));";
        assertThat(browser.<List<String>>js(
                        loaded + "return loaded.filter(e => e.transferSize < e.encodedBodySize).map(e => e.name)"))
                .as("kept from before")
                .isEmpty();
        long bytes = browser.<Number>js(loaded + "return loaded.reduce((sum, e) => sum + e.transferSize, 0)")
                .longValue();
        System.out.printf("page: %,d bytes transferred%n", bytes);
        assertThat(bytes).isPositive().isLessThan(MOST_BYTES);
        assertThat(first).isLessThanOrEqualTo(firstData);
    }

    private static Duration medianOfLoads(Browser browser) {
        List<Long> first = new ArrayList<>();
        for (int load = 0; load < LOADS; load++) {
            browser.forget();
            browser.load("now");
            patiently().until(() -> !browser.texts(".card").isEmpty());
            first.add(browser.<Number>js("return performance.getEntriesByName('first-data')[0].startTime")
                    .longValue());
        }
        System.out.printf("page: first data after %s ms%n", first);
        Collections.sort(first);
        return Duration.ofMillis(first.get(LOADS / 2));
    }

    /** Compares what the cards' lines are said to be; {@link PageDrawings} compares what is drawn. */
    private void cardsShowWhatTheApiSays(Browser browser) {
        browser.go("now?filter=device1");
        String card = "[data-series='%s · %s · device1'] ".formatted(JOB, SPEC);
        List<BigDecimal> expected = new ArrayList<>();
        windows("&key=device1&limit=20")
                .forEach(window -> expected.add(0, window.at("/values/avg_temp").decimalValue()));
        patiently().untilAsserted(() -> {
            String label = browser.attributes(card + ".spark", "aria-label").get(0);
            List<BigDecimal> drawn = Arrays.stream(
                            label.substring(label.indexOf(": ") + 2).split(", "))
                    .map(BigDecimal::new)
                    .toList();
            assertThat(drawn).usingElementComparator(Comparator.naturalOrder()).isEqualTo(expected);
        });
        assertThat(browser.attributes(card + ".big", "title").get(0))
                .isEqualTo("avg_temp " + expected.get(expected.size() - 1).toPlainString());
        browser.find("section:has([data-series^='%s ']) .figures summary".formatted(JOB))
                .click();
        patiently().untilAsserted(() -> {
            JsonNode newest = windows("&key=device1&limit=20").get(0);
            assertThat(browser.rows("section:has([data-series^='%s ']) table".formatted(JOB)))
                    .filteredOn(row -> row.get(0).equals("device1"))
                    .singleElement()
                    .satisfies(row -> assertThat(row.subList(3, 6))
                            .isEqualTo(Stream.of("avg_temp", "min_temp", "max_temp")
                                    .map(value -> newest.path("values")
                                            .path(value)
                                            .decimalValue()
                                            .toPlainString())
                                    .toList()))
                    .satisfies(row -> assertThat(row.get(9))
                            .isEqualTo("%,d".formatted(newest.path("count").asLong())))
                    .satisfies(row -> assertThat(Stream.of(row.get(11).split(", "))
                                    .map(BigDecimal::new)
                                    .toList())
                            .usingElementComparator(Comparator.naturalOrder()) // -0.00 is 0.00
                            .isEqualTo(expected.stream()
                                    .map(value -> new BigDecimal(value.doubleValue()).setScale(2, RoundingMode.HALF_UP))
                                    .toList()));
        });
        assertThat(browser.violations()).as("cards and their table").isEmpty();
        assertThat(browser.<Boolean>js(
                        "const key = document.querySelector(arguments[0]); return key.scrollWidth <= key.clientWidth",
                        card + ".key"))
                .as("beside a time with its day the key is whole")
                .isTrue();
    }

    /** Two devices under all of the load. */
    private static String history() {
        return "history?job=%s&spec=%s&key=device1&key=device2&metric=avg_temp&from=%s&to=%s"
                .formatted(JOB, Rest.encoded(SPEC), Load.START.minusSeconds(300), Load.START.plusSeconds(3000));
    }

    /** Compares every drawn point, and the table behind. */
    private void historyShowsWhatTheApiSays(Browser browser) throws IOException {
        browser.go(history());
        Map<String, String> expected = new TreeMap<>();
        List<JsonNode> windows = new ArrayList<>();
        for (JsonNode window : api.pages("/api/v1/windows?job=" + JOB + "&key=device1&key=device2", 100)) {
            if (isShown(window)) {
                expected.put(
                        window.path("id").asText(),
                        window.at("/values/avg_temp").decimalValue().toPlainString() + " " + status(window));
                windows.add(window);
            }
        }
        assertThat(expected).isNotEmpty();
        patiently().untilAsserted(() -> {
            Map<String, String> shown = new TreeMap<>();
            List<String> ids = browser.attributes(".points tbody tr", "data-id");
            List<List<String>> rows = browser.rows(".points");
            for (int i = 0; i < ids.size(); i++) {
                shown.put(ids.get(i), rows.get(i).get(2) + " " + rows.get(i).get(4));
            }
            assertThat(shown).isEqualTo(expected);
        });
        awaitLegend(browser, "pointStyle", marks -> assertThat(marks)
                .hasSize(2)
                .doesNotHaveDuplicates()
                .isEqualTo(browser.attributes(".chip .swatch", "data-mark")));
        for (String key : List.of("device1", "device2")) {
            List<List<Double>> points = windows.stream()
                    .filter(window -> window.path("key").asText().equals(key))
                    .sorted(Comparator.comparing(PageViews::start))
                    .map(window -> List.of(
                            (double) start(window).toEpochMilli(),
                            window.at("/values/avg_temp").asDouble()))
                    .toList();
            assertThat(new PageDrawings(api, browser).points(key)).isEqualTo(points);
        }
        browser.picture("history");
        browser.go("history");
        for (String name : List.of("job", "spec", "key", "range")) { // and the value, once there are windows of it
            patiently().until(() -> !browser.parameter(name).isEmpty());
        }
    }

    /** What the legend of the chart says of each line; the chart comes after the table. */
    private static void awaitLegend(Browser browser, String property, Consumer<List<String>> expectation) {
        patiently()
                .ignoreException(JavascriptException.class)
                .untilAsserted(() -> expectation.accept(browser.js(
                        "return Chart.getChart(document.querySelector('.chart canvas')).legend.legendItems.map(item => item[arguments[0]])",
                        property)));
    }

    private static String status(JsonNode window) {
        long rev = window.path("rev").asLong();
        return window.path("status").asText()
                + (rev > 1 ? ", rev " + rev : "")
                + (window.path("complete").asBoolean() ? "" : ", incomplete");
    }

    private void auditAndClocksAreShown(Browser browser) throws IOException {
        browser.go("audit");
        List<List<String>> expected = new ArrayList<>();
        for (JsonNode item : api.get("/api/v1/audit").path("items")) {
            for (JsonNode spec : item.path("specs")) {
                expected.add(List.of(
                        input(item),
                        spec.path("spec").asText(),
                        item.path("rows").asText(),
                        spec.path("counted").asText(),
                        spec.path("late").asText(),
                        item.path("rejected").asText(),
                        item.path("heartbeats").asText()));
            }
        }
        patiently().untilAsserted(() -> assertThat(
                        browser.rows(".audit").stream().map(PageViews::figures).toList())
                .containsAll(expected));
        browser.picture("audit");
        String input = "topic=device-readings&partition=0";
        long offset = api.get("/api/v1/records?limit=1&" + input)
                .at("/items/0/offset")
                .asLong();
        browser.click("a[href^='#/records?" + input + "&']");
        patiently().until(() -> !browser.texts(".record .raw").isEmpty());
        String shown = browser.texts(".record .quiet").get(0).replaceAll(".* offset (\\d+) .*", "$1");
        assertThat(Long.parseLong(shown)).isGreaterThanOrEqualTo(offset);
        browser.js("history.back()");
        patiently().until(() -> !browser.rows(".audit").isEmpty());
        JsonNode item = api.items("/api/v1/audit?job=" + JOB)
                .filter(one -> one.at("/specs/0/late").asLong() > 0)
                .findFirst()
                .orElseThrow();
        String at = "topic=%s&partition=%s"
                .formatted(item.path("topic").asText(), item.path("partition").asText());
        String link = "?job=%s&%s&generation=%s"
                .formatted(JOB, at, item.path("generation").asText());
        String spec = "&spec=" + Rest.encoded(SPEC);
        String late = "late?job=%s&%s%s".formatted(JOB, at, spec);
        String letters = "dead-letters?job=%s&%s".formatted(JOB, at);
        leadsToRecords(browser, "late" + link + spec, item.at("/specs/0/late").asInt(), late);
        leadsToRecords(
                browser,
                "heartbeats" + link,
                item.path("heartbeats").asInt(),
                "records?" + at + "&kind=heartbeat",
                letters);
        leadsToRecords(
                browser,
                "counted" + link + spec,
                item.at("/specs/0/counted").asInt(),
                "records?" + at + "&kind=data",
                late,
                letters);
        browser.go("health");
        patiently().untilAsserted(() -> assertThat(browser.rows("[aria-label='Inputs by job and partition']").stream()
                        .map(row -> List.of(row.get(0), row.get(1), row.get(2), row.get(3), row.get(5))))
                .containsExactlyElementsOf(clocks(browser)));
    }

    /** From a number of the audit to as many records, those of one list without those of others, and back. */
    private void leadsToRecords(Browser browser, String path, int count, String list, String... without) {
        String link = "a[href^='#/" + path + "&first=']";
        patiently().until(() -> browser.texts(link).contains("%,d".formatted(count)));
        Set<Long> others = Stream.of(without).flatMap(this::inputOffsets).collect(Collectors.toSet());
        List<Long> expected =
                inputOffsets(list).filter(offset -> !others.contains(offset)).toList();
        assertThat(expected).as(path).hasSize(count);
        browser.click(link);
        patiently().untilAsserted(() -> {
            List<Long> shown = browser.texts(".record p:last-child").stream()
                    .map(place -> Long.valueOf(place.replaceAll("(?s).* offset (\\d+).*", "$1")))
                    .toList();
            assertThat(shown).as(path).isNotEmpty();
            assertThat(expected).as(path).startsWith(shown.toArray(Long[]::new));
        });
        browser.js("history.back()");
        patiently().until(() -> !browser.rows(".audit").isEmpty());
    }

    private Stream<Long> inputOffsets(String list) {
        return api.pages("/api/v1/" + list, 100).stream().map(PageViews::inputOffset);
    }

    private static long inputOffset(JsonNode record) {
        return (record.has("input") ? record.path("input") : record)
                .path("offset")
                .asLong();
    }

    /** Of each input partition its job, name, lag, how far its clock is behind now, and its records. */
    private List<List<String>> clocks(Browser browser) {
        return api.items("/api/v1/watermarks")
                .map(item -> List.of(
                        item.path("job").asText(),
                        input(item),
                        item.path("lag").isNull()
                                ? "–"
                                : "%,d".formatted(item.path("lag").asLong()),
                        item.path("clock").isNull()
                                ? "–"
                                : browser.<String>js(
                                        "return import('/page/format.js').then(format => format.lasting(Date.now() - Date.parse(arguments[0])))",
                                        item.path("clock").asText()),
                        "%,d".formatted(item.path("records").asLong())))
                .toList();
    }

    static String input(JsonNode item) {
        return item.path("topic").asText() + "[" + item.path("partition").asText() + "]";
    }

    /** The figures of a row of the audit, without signs and bars. */
    private static List<String> figures(List<String> row) {
        return IntStream.of(0, 1, 2, 4, 6, 8, 10)
                .mapToObj(i -> i < 2 ? row.get(i) : row.get(i).replace(",", ""))
                .toList();
    }

    private void alertsAreShown(Browser browser) throws IOException {
        browser.go("alerts");
        List<List<String>> alerts = api.pages("/api/v1/alerts?", 50).stream()
                .limit(50)
                .map(alert -> Stream.of("id", "start", "client", "pattern", "score", "reason")
                        .map(field -> text(alert.path(field)))
                        .toList())
                .toList();
        assertThat(alerts).isNotEmpty();
        patiently().untilAsserted(() -> assertThat(browser.<List<List<String>>>js("""
                        return [...document.querySelectorAll('.alert')].map(alert => [alert.dataset.id, alert.querySelector('time').dateTime,
                          ...['.alert-who .key', '.pattern', '.score .number', '.why'].map(part => alert.querySelector(part).textContent)])
                        """))
                .isEqualTo(alerts));
        assertThat(browser.rows(".alert:last-child")).hasSizeGreaterThanOrEqualTo(2);
    }

    /** As they are counted, and again while somebody looks. */
    private void wordsAreShown(Browser browser) {
        browser.go("words");
        assertWords(browser);
        String word = "W".repeat(256);
        for (int count : List.of(1_000_000, 1_000_001)) {
            // When
            publishWord(word, count);
            // Then
            patiently().until(() -> words(browser).get(0).startsWith(word + " " + count));
            assertWords(browser);
        }
        browser.assertCuts(word);
    }

    private void publishWord(String word, int count) {
        up.append("word-counts", word, "{\"op\":\"+U\",\"word\":\"%s\",\"count\":%d}".formatted(word, count));
    }

    private void assertWords(Browser browser) {
        patiently().untilAsserted(() -> assertThat(words(browser)).isEqualTo(countedWords()));
    }

    private static List<String> words(Browser browser) {
        return browser.js(
                "return [...document.querySelectorAll('.words li:not([hidden])')].map(row => row.querySelector('.key').title + ' ' + row.querySelector('.number').textContent.replaceAll(',', '') + ' of ' + row.querySelector('progress').max + ': ' + row.querySelector('progress').value)");
    }

    private List<String> countedWords() {
        Map<String, Long> counts = new HashMap<>();
        TopicRecords.all(up.bootstrapServers(), "word-counts", "read_committed").stream()
                .filter(record -> record.value() != null)
                .map(record -> Outcome.json(record.value()))
                .filter(row -> !row.path("op").asText().equals("-U"))
                .forEach(row ->
                        counts.put(row.path("word").asText(), row.path("count").asLong()));
        long longest = Collections.max(counts.values());
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .limit(WORDS)
                .map(entry -> "%s %2$d of %3$d: %2$d".formatted(entry.getKey(), entry.getValue(), longest))
                .toList();
    }

    private void revisionsAreShown(Browser browser) {
        JsonNode revised =
                windows("&status=REVISED&limit=500").stream().findFirst().orElseThrow();
        String id = revised.path("id").asText();
        List<JsonNode> all = api.pages("/api/v1/windows/" + Rest.encoded(id) + "/history?", 100);
        int revisions = all.size();
        assertThat(revisions).isGreaterThan(1);
        Map<String, String> before = fields(all.get(revisions - 2));
        List<List<String>> changed = fields(all.get(revisions - 1)).entrySet().stream()
                .filter(field -> !field.getValue().equals(before.get(field.getKey())))
                .map(field -> List.of(
                        field.getKey(), field.getValue(), before.getOrDefault(field.getKey(), "–"), "≠ changed"))
                .toList();
        assertThat(changed).extracting(row -> row.get(0)).contains("rev", "count");
        browser.go("window?id=" + Rest.encoded(id));
        patiently().untilAsserted(() -> assertThat(
                        browser.find("[data-view=window]").getText())
                .contains("Revision " + revisions + " of " + revisions));
        assertThat(browser.<List<List<String>>>js("""
                        return [...document.querySelectorAll('.fields tr.changed')].map(({children: [name, ...cells]}) =>
                          [name.querySelector('[title]')?.title ?? name.textContent, ...cells.map(cell => cell.querySelector('time')?.dateTime ?? cell.textContent)])
                        """)).containsExactlyInAnyOrderElementsOf(changed);
        assertOffsets(browser, all.get(revisions - 1));
        assertThat(browser.rows(OFFSETS)).extracting(row -> row.get(3)).contains("≠ changed");
        browser.js(
                "const slider = document.getElementById('revision'); slider.value = 1; slider.dispatchEvent(new Event('input'))");
        assertThat(browser.find("[data-view=window]").getText()).contains("Revision 1 of " + revisions, "superseded");
        assertThat(browser.<String>js("return location.hash")).contains("rev=1");
        JsonNode first = all.get(0);
        assertThat(browser.rows(".fields"))
                .contains(List.of("count", first.path("count").asText()))
                .extracting(row -> row.get(1))
                .contains(text(first.at("/values/avg_temp")));
        assertOffsets(browser, first);
        for (JsonNode revision : all) { // as it was then; several may have come within a millisecond
            Instant then = appended(revision);
            JsonNode newest = all.stream()
                    .filter(other -> !appended(other).isAfter(then))
                    .reduce(revision, (one, other) -> other);
            JsonNode known = api.get("/api/v1/windows/%s?asOf=%s".formatted(Rest.encoded(id), then));
            assertThat(fields(known)).isEqualTo(fields(newest));
        }
    }

    /** What the revision that is shown was made of. */
    static void assertOffsets(Browser browser, JsonNode revision) {
        assertThat(revision.path("inputs")).isNotEmpty();
        assertThat(browser.rows(OFFSETS))
                .extracting(row -> row.subList(0, 3))
                .isEqualTo(revision.path("inputs")
                        .valueStream()
                        .map(input -> List.of(
                                input(input),
                                "%,d".formatted(input.path("first").asLong()),
                                "%,d".formatted(input.path("last").asLong())))
                        .toList());
    }

    private static Instant appended(JsonNode revision) {
        return Instant.parse(revision.path("appended").asText());
    }

    /** What a revision says that another one of the same window may say otherwise, by its path. */
    private static Map<String, String> fields(JsonNode revision) {
        Map<String, String> fields = new TreeMap<>();
        revision.properties().forEach(field -> {
            if (field.getValue().isObject()) {
                field.getValue()
                        .properties()
                        .forEach(inner -> fields.put(field.getKey() + "." + inner.getKey(), text(inner.getValue())));
            } else {
                fields.put(field.getKey(), text(field.getValue()));
            }
        });
        fields.keySet().removeAll(List.of("appended", "inputs", "position"));
        fields.keySet().removeIf(name -> name.startsWith("links."));
        return fields;
    }

    private static String text(JsonNode value) {
        return value.isBigDecimal() ? value.decimalValue().toPlainString() : value.asText();
    }

    private void explainMarksWhatIsFalsified(Browser browser) throws Exception {
        String id = windows("&key=device2&limit=20").get(0).path("id").asText();
        browser.go("window?id=" + Rest.encoded(id));
        explain(browser, "equal");
        String average = api.get("/api/v1/windows/" + Rest.encoded(id))
                .at("/values/avg_temp")
                .decimalValue()
                .toPlainString();
        assertThat(browser.rows(".three")).contains(List.of("values.avg_temp", average, average, average, "= equal"));
        HttpRequest falsify = HttpRequest.newBuilder(up.url(StackPort.ELASTICSEARCH)
                        .resolve("/window-results-%s-2026.01/_update/%s?refresh=true".formatted(JOB, Rest.encoded(id))))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"doc\":{\"values\":{\"max_temp\":99.5}}}"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(falsify, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        explain(browser, "different");
        assertThat(browser.attributes(".three tr.changed", "data-field")).containsExactly("values.max_temp");
        List<String> said = browser.rows(".three").get(0);
        assertThat(said.get(1)).isEqualTo("99.5");
        assertThat(said.get(2)).isEqualTo(said.get(3)).isNotEqualTo("99.5");
        assertThat(browser.violations()).isEmpty();
        browser.picture("explain");
    }

    private static void explain(Browser browser, String verdict) {
        patiently().until(() -> !browser.texts("button.main").isEmpty());
        browser.click("button.main");
        patiently().until(() -> browser.attributes("[data-verdict]", "data-verdict"), List.of(verdict)::equals);
    }

    /** In both schemes axe finds nothing, and nothing is wider than a phone. */
    private void isForEverybody(Browser browser) throws IOException {
        String window = windows("&key=device1&limit=20").get(0).path("id").asText();
        List<String> routes = List.of(
                "now",
                history(),
                "alerts",
                "words",
                "audit",
                "health",
                "window?id=" + Rest.encoded(window),
                "late?job=" + JOB,
                "dead-letters?job=" + JOB,
                "records?topic=device-readings");
        for (String route : routes) {
            String view = route.split("\\?")[0];
            browser.go(route);
            patiently().until(browser::view, view::equals);
            patiently().until(() -> browser.texts("main .loading").isEmpty());
            patiently().until(() -> !browser.texts(CONTENT).isEmpty());
            browser.js("document.querySelectorAll('.figures').forEach(table => table.open = true)");
            browser.scheme("dark");
            assertThat(browser.violationsOfColours()).as("%s, dark", view).isEmpty();
            browser.picture(view + "-dark");
            browser.scheme("light");
            assertThat(browser.violations()).as("%s, light", view).isEmpty();
            browser.picture(view + "-light");
            browser.width(360, 780);
            Number wide = browser.js("return document.documentElement.scrollWidth");
            assertThat(wide.intValue()).as(view).isLessThanOrEqualTo(360);
            Number hidden = browser.js("""
                    const count = document.getElementById('alert-count');
                    const {hidden, textContent} = count;
                    Object.assign(count, {hidden: false, textContent: '999'});
                    const {scrollWidth, clientWidth} = document.querySelector('.top nav');
                    Object.assign(count, {hidden, textContent});
                    return scrollWidth - clientWidth;
                    """);
            assertThat(hidden.intValue()).as("tabs beside new alerts").isZero();
            assertThat(browser.violations()).as("%s, phone", view).isEmpty();
            browser.picture(view + "-phone");
            browser.width(1280, 900);
        }
    }

    private static void keepsStillForWhoAsksForIt(Browser browser) {
        for (Map.Entry<String, String> moves :
                Map.of("no-preference", "spin", "reduce", "none").entrySet()) {
            browser.prefer("reduced-motion", moves.getKey());
            assertThat(browser.<String>js("""
                            const spinner = document.createElement('span');
                            spinner.className = 'spinner';
                            document.body.append(spinner);
                            const animation = getComputedStyle(spinner).animationName;
                            spinner.remove();
                            return animation;
                            """)).as(moves.getKey()).isEqualTo(moves.getValue());
        }
        browser.scheme("light");
    }

    /** A chart takes on another width a little after its page has it. */
    private void isNotWidenedByAChart(Browser browser) {
        browser.js("""
                const Observer = window.ResizeObserver;
                window.ResizeObserver = class extends Observer {
                  constructor(told) {
                    super((...all) => window.heldBack || told(...all));
                  }
                };
                """);
        browser.go(history());
        patiently()
                .until(() -> browser.<Boolean>js("return document.querySelector('.chart canvas').style.width !== ''"));
        // When
        browser.js("window.heldBack = true");
        browser.width(360, 780);
        // Then
        Number wide = browser.js("return document.documentElement.scrollWidth");
        assertThat(wide.intValue()).isLessThanOrEqualTo(360);
        browser.width(1280, 900);
    }

    /** More series than are shown, one with a name that is markup: the newest stay, the others are counted, and found. */
    private void manySeriesArrive(Browser browser) throws IOException {
        browser.load("now");
        patiently().until(() -> !browser.texts(".card").isEmpty());
        browser.js("window.loaded = 1");
        String longest = "K".repeat(256);
        List<String> devices = new ArrayList<>(List.of(HOSTILE, longest));
        IntStream.range(0, DEVICES).forEach(i -> devices.add("many" + i));
        Browser.Work before = browser.work();
        readings.publish(devices);
        patiently()
                .untilAsserted(
                        () -> assertThat(browser.texts(".section-count").get(0)).matches("48 of 6\\d\\d series, .*"));
        System.out.printf(
                "page: main thread %.0f %% while %d series came%n",
                100 * browser.work().shareSince(before), devices.size());
        browser.find("#filter").sendKeys("<img");
        patiently().untilAsserted(() -> assertThat(browser.texts(".card .card-key"))
                .containsExactly(HOSTILE));
        assertThat(browser.<Object>js("return window.hostile ?? document.images.length"))
                .isEqualTo(0L);
        browser.find("#filter").clear();
        browser.find("#filter").sendKeys("KKKK");
        patiently().untilAsserted(() -> assertThat(browser.attributes(".card .key", "title"))
                .containsExactly(longest));
        browser.assertCuts(longest);
        assertThat(browser.<Object>js("return window.loaded")).as("no reload").isEqualTo(1L);
        browser.go("history?job=%s&spec=%s&key=%s&key=device1&metric=avg_temp&from=%s&to=%s"
                .formatted(JOB, Rest.encoded(SPEC), longest, Load.START, Load.START.plus(Duration.ofHours(12))));
        patiently().until(() -> browser.texts(".points .key").contains(longest));
        browser.assertCuts(longest);
        awaitLegend(browser, "text", keys -> assertThat(keys)
                .containsExactly("\u2068" + "K".repeat(32) + "…\u2069", "\u2068device1\u2069"));
        browser.go("window?id="
                + Rest.encoded(windows("&key=" + longest).get(0).path("id").asText()));
        patiently().until(() -> browser.texts("[data-view=window] h2 .key"), List.of(longest)::equals);
        browser.assertCuts(longest);
        readings.publish(List.of(longest));
        browser.go("records?topic=%s&kind=data".formatted(Feed.READINGS.topic()));
        patiently().until(() -> browser.texts(".record .key").contains(longest));
        browser.assertCuts(longest);
    }

    /** What is committed while results-api is away is shown when it is back. */
    private void losesNothingWhereverItsStreamIsCut(Browser browser) throws IOException {
        String word = "cut-behind-each-byte";
        Instant since = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        List.of(1, 2, 3).forEach(count -> publishWord(word, count));
        try (StreamCuts cuts = new StreamCuts(up.url(StackPort.RESULTS_API)
                .resolve("/api/v1/stream?job=word-count&key=" + word + "&since=" + since))) {
            cuts.check(browser);
        }
    }

    /** With keys: a box for one, what it does not open, and a stream by ticket. */
    private void checkWithKeys() throws Exception {
        KeyedService keyed = KeyedService.start(up, data.resolve("keyed"));
        try (LocalService service = keyed.service();
                Browser browser = Browser.open(keyed.url())) {
            giveKey(browser, "sp_wrong");
            patiently().until(() -> browser.find(".notice.key").getText().contains("not taken"));
            assertThat(browser.violations()).isEmpty();
            browser.width(360, 800);
            assertThat(
                            browser.<Boolean>js(
                                    "const notice = document.querySelector('.notice.key'); return notice.scrollWidth <= notice.clientWidth"))
                    .as("a phone shows all of why")
                    .isTrue();
            browser.width(1280, 900);
            giveKey(browser, keyed.key());
            patiently().until(() -> browser.state().equals("live"));
            patiently().until(() -> !browser.texts(".card").isEmpty());
            browser.go("audit");
            patiently().until(() -> !browser.texts("main .refused").isEmpty());
            assertThat(browser.find("main .refused").getText()).contains("does not open this");
            assertThat(browser.violations()).as("refused").isEmpty();
            browser.click("main .refused button");
            giveKey(browser, keyed.key());
            patiently()
                    .until(() -> browser.texts(".notice.key").isEmpty()
                            && browser.state().equals("live"));
            new PageConnections(browser).saysThatItIsSilent(service, this::publishAsOf);
        }
    }

    /** Publishes a window of device1 once more, as one of another device; no input knows of it. */
    private void publishAsOf(String device) {
        String window = TopicRecords.all(up.bootstrapServers(), "window-results", "read_committed").stream()
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .filter(value -> value.contains("\"id\":\"" + JOB + "~") && value.contains("\"key\":\"device1\""))
                .findFirst()
                .orElseThrow();
        up.append(
                "window-results",
                device,
                window.replace("~device1~", "~" + device + "~")
                        .replace("\"key\":\"device1\"", "\"key\":\"" + device + "\""));
    }

    private static void giveKey(Browser browser, String key) {
        patiently().until(() -> !browser.texts("#key").isEmpty());
        browser.find("#key").sendKeys(key);
        browser.click(".key-form button");
    }

    private List<JsonNode> windows(String query) {
        List<JsonNode> windows = new ArrayList<>();
        api.get("/api/v1/windows?job=" + JOB + query).path("items").forEach(window -> {
            if (isShown(window)) {
                windows.add(window);
            }
        });
        return windows;
    }

    static boolean isShown(JsonNode window) {
        return window.path("spec").asText().equals(SPEC)
                && !window.path("status").asText().equals("RETRACTED");
    }

    static Instant start(JsonNode window) {
        return Instant.parse(window.at("/window/start").asText());
    }

    static ConditionFactory patiently() {
        return await().ignoreExceptions();
    }
}
