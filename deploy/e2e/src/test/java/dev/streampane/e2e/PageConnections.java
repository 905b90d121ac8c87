// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.e2e.PageViews.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.LocalService;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** How the page stands to its stream: one for all windows, silent, or not to be resumed. */
final class PageConnections {

    private final Browser browser;

    PageConnections(Browser browser) {
        this.browser = browser;
    }

    /** A service that does not say anything any more is noticed, though its connection stands; what it did not say comes when it does. */
    void saysThatItIsSilent(LocalService silent, Consumer<String> publish) throws Exception {
        browser.load("now?filter=silent");
        patiently().until(() -> browser.state().equals("live"));
        publish.accept("silent1");
        awaitCards("silent1"); // it has a position
        Number limit = browser.js("return import('/page/live.js').then(live => live.SILENCE)");
        signal(silent, "STOP");
        try {
            // When: the page's clock is set on, so that nobody has to wait
            browser.js(
                    "const now = Date.now; window.setBack = () => Date.now = now; Date.now = () => now() + arguments[0]",
                    limit);
            // Then
            patiently().until(() -> !browser.texts(".notice.lost").isEmpty());
            assertThat(browser.texts(".notice.lost").get(0))
                    .contains("Disconnected.", "silent for " + limit.longValue() / 1_000 + " s", "as of");
            assertThat(browser.violations()).isEmpty();
            publish.accept("silent2");
        } finally {
            browser.js("window.setBack()");
            signal(silent, "CONT");
        }
        patiently().until(() -> browser.state().equals("live"));
        awaitCards("silent1", "silent2");
        assertThat(browser.texts(".notice.back").get(0)).contains("Back.", "nothing is missing");
        assertThat(browser.texts(".notice.reset")).isEmpty();
    }

    private static void signal(LocalService service, String name) throws IOException, InterruptedException {
        String pid = Long.toString(service.process().pid());
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor())
                .isZero();
    }

    /**
     * Who is cut off is told so; what came meanwhile is there on return, and nothing is read anew.
     *
     * @param device two windows are published whose keys begin so
     */
    void comesBackWithoutAHole(String device, Runnable cut, Consumer<List<String>> publish, Runnable restore) {
        browser.load("now?filter=" + device);
        patiently().until(() -> browser.state().equals("live"));
        browser.js("window.loaded = 1");
        publish.accept(List.of(device + 1));
        awaitCards(device + 1); // it has a position
        browser.js("""
                window.said = [];
                const record = (css, times) => {
                  const notice = document.querySelector(css);
                  if (notice) {
                    window.said.push([notice.textContent, ...[...document.querySelectorAll(times)].map(time => time.title)]);
                  }
                };
                new MutationObserver(() => {
                  record('.notice.lost', '.notice.lost time, #as-of time');
                  record('.notice.back', '.notice.back time');
                }).observe(document.body, {childList: true, subtree: true});
                """); // each is there for a moment
        // When
        cut.run();
        // Then
        patiently().untilAsserted(() -> assertSaid("Disconnected.", "as of"));
        // When
        publish.accept(List.of(device + 2));
        restore.run();
        // Then
        patiently().until(() -> browser.state().equals("live"));
        patiently().untilAsserted(() -> assertSaid("Back.", "Away from", "nothing is missing"));
        awaitCards(device + 1, device + 2);
        assertThat(browser.texts(".notice.reset")).isEmpty();
        assertThat(browser.<Object>js("return window.loaded")).as("no reload").isEqualTo(1L);
    }

    /** A notice had these words, and there were two times then, each with a title in UTC. */
    private void assertSaid(String... words) {
        assertThat(browser.<List<List<String>>>js("return window.said")).anySatisfy(said -> {
            assertThat(said.get(0)).contains(words);
            assertThat(said.subList(1, said.size())).hasSize(2).allMatch(utc -> utc.endsWith(" UTC"));
        });
    }

    /** Whose place is in no log any more is told so, and shown what there is now. */
    void saysThatResultsWereMissed() {
        browser.beforeLoading("""
                {
                  const Source = window.EventSource;
                  window.EventSource = class extends Source {
                    constructor(url) {
                      super(url);
                      this.addEventListener('snapshot-end', () => window.placed = true);
                    }
                  };
                }
                """);
        browser.load("now");
        patiently().until(() -> browser.state().equals("live"));
        patiently().until(() -> browser.js("return Boolean(window.placed)")); // it has a position
        patiently().until(() -> !browser.texts(".card").isEmpty());
        browser.js("""
                const Source = window.EventSource;
                window.EventSource = class extends Source {
                  constructor(url) {
                    super(url.replace(/lastEventId=[^&]+/, 'lastEventId=garbage'));
                  }
                };
                dispatchEvent(new Event('offline'));
                """);
        patiently().until(() -> !browser.texts(".notice.reset").isEmpty());
        assertThat(browser.texts(".notice.reset").get(0)).contains("Some results were missed.", "could not go on");
        patiently().until(() -> browser.state().equals("live"));
        patiently().until(() -> !browser.texts(".card").isEmpty());
        assertThat(browser.violations()).isEmpty();
        browser.button("Understood").click();
        assertThat(browser.texts(".notice.reset")).isEmpty();
    }

    /** A view that nobody answered is there with the connection, and that windows are missing is said until they are there. */
    void showsWhatCouldNotBeHad() {
        browser.load("now");
        patiently().until(() -> browser.state().equals("live"));
        browser.js("""
                window.kept = [fetch, EventSource];
                window.fetch = () => Promise.reject(new TypeError('away'));
                window.EventSource = class extends EventTarget {
                  constructor() {
                    super();
                    window.source = this;
                  }
                  close() {}
                };
                dispatchEvent(new Event('offline'));
                """);
        patiently().until(() -> browser.js("return Boolean(window.source)"));
        browser.go("history");
        patiently().until(() -> !browser.texts("main .failed").isEmpty());
        // When
        browser.js("window.fetch = window.kept[0]; window.source.onopen()");
        // Then
        patiently().until(() -> !browser.texts("main .controls").isEmpty());
        // When
        snapshotEnds("{\"partial\": true, \"reason\": \"store-unavailable\"}");
        // Then
        assertThat(browser.texts(".notice.partial").get(0))
                .contains("Not every window from before is here: Elasticsearch does not answer.");
        // When
        snapshotEnds("{\"partial\": false}");
        // Then
        assertThat(browser.texts(".notice.partial")).isEmpty();
        browser.js("window.EventSource = window.kept[1]; dispatchEvent(new Event('offline'))");
        patiently().until(() -> browser.state().equals("live"));
    }

    private void snapshotEnds(String data) {
        browser.js(
                "window.source.dispatchEvent(new MessageEvent('snapshot-end', {data: arguments[0], lastEventId: ''}))",
                data);
    }

    /** Two windows have one connection, and who is left has all that comes. */
    void isOneOfTwoWindows(Consumer<List<String>> publish) {
        open("now?filter=shared");
        String first = browser.window();
        String second = browser.openWindow();
        open("now?filter=shared");
        // When
        publish.accept(List.of("shared1"));
        // Then
        long connections = 0;
        for (String window : List.of(second, first)) {
            browser.switchTo(window);
            awaitCards("shared1");
            connections += connections();
        }
        assertThat(connections).isEqualTo(1);
        assertThat(connections()).as("of the first window").isEqualTo(1);
        // When
        browser.closeWindow();
        browser.switchTo(second);
        publish.accept(List.of("shared2"));
        // Then
        awaitCards("shared1", "shared2");
        assertThat(connections()).isEqualTo(1);
        assertThat(browser.texts(".notice.reset")).isEmpty();
    }

    /** Words are told from the beginning of their log, on the connection that is there. */
    void tellsTwoWindowsAllWords(Consumer<Browser> assertWords) {
        String first = browser.window();
        open("words");
        assertWords.accept(browser);
        assertThat(openConnections()).isEqualTo(1);
        browser.openWindow();
        // When
        open("words");
        // Then
        assertWords.accept(browser);
        assertThat(openConnections()).as("of the second window").isZero();
        browser.closeWindow();
        browser.switchTo(first);
        assertThat(browser.texts(".notice.reset")).isEmpty();
    }

    /** Who is not looked at has no connection, and is told on return what came meanwhile, whether windows can share a stream or not. */
    void leavesWhileItIsHidden(Consumer<List<String>> publish) {
        for (boolean secure : List.of(true, false)) {
            String device = "hidden-" + secure;
            moveToANewWindow();
            browser.beforeLoading("Object.defineProperty(window, 'isSecureContext', {value: %s})".formatted(secure));
            open("now?filter=" + device);
            assertThat(openConnections()).isEqualTo(1);
            publish.accept(List.of(device));
            awaitCards(device); // it has a position
            // When
            hide(true);
            // Then
            assertThat(browser.state()).isEqualTo("paused");
            assertThat(openConnections()).isZero();
            // When
            publish.accept(List.of(device + "-meanwhile"));
            hide(false);
            // Then
            patiently().until(() -> browser.state().equals("live"));
            awaitCards(device, device + "-meanwhile");
            assertThat(openConnections()).isEqualTo(1);
            assertThat(connections()).isEqualTo(2);
            assertThat(browser.<String>js("return window.sources[1].url")).contains("lastEventId=");
            assertThat(browser.texts(".notice")).isEmpty();
        }
    }

    /** One that shares its stream with nobody. */
    private void moveToANewWindow() {
        String old = browser.window();
        String fresh = browser.openWindow();
        browser.switchTo(old);
        browser.closeWindow();
        browser.switchTo(fresh);
    }

    private void hide(boolean hidden) {
        browser.js(
                "Object.defineProperty(document, 'hidden', {value: arguments[0], configurable: true}); document.dispatchEvent(new Event('visibilitychange'))",
                hidden);
    }

    /** Goes to a view that counts its connections. */
    private void open(String route) {
        count();
        browser.load(route);
        patiently().until(() -> browser.state().equals("live"));
    }

    /** Has what is loaded in this window from now on count its connections. */
    void count() {
        browser.beforeLoading("""
                window.connections = 0;
                window.sources = [];
                const Source = window.EventSource;
                window.EventSource = class extends Source {
                  constructor(url) {
                    super(url);
                    window.connections++;
                    window.sources.push(this);
                  }
                };
                """);
    }

    private long connections() {
        return browser.<Number>js("return window.connections").longValue();
    }

    long openConnections() {
        return browser.<Number>js("return window.sources.filter(one => one.readyState !== EventSource.CLOSED).length")
                .longValue();
    }

    private void awaitCards(String... keys) {
        patiently().untilAsserted(() -> assertThat(browser.texts(".card .card-key"))
                .containsExactlyInAnyOrder(keys));
    }
}
