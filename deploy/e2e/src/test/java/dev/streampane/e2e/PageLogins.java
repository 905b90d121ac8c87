// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.e2e.PageViews.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.LocalService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The page of a results-api that asks for tokens, and the provider that gives them. */
record PageLogins(Up up, Path data) {

    private static final String VIEW = "#/now?filter=device1";

    /** Who may not is told so; who may comes back to the view that was open, and is let in for longer than one token holds. */
    void check() throws Exception {
        try (LoginProvider provider = new LoginProvider("read:" + Feed.READINGS.job(), Duration.ofMinutes(10));
                LocalService service = up.resultsApi(
                        data,
                        Map.of(
                                "RESULTS_SECURITY_PROFILE",
                                "oidc",
                                "QUARKUS_OIDC_AUTH_SERVER_URL",
                                provider.url(),
                                "RESULTS_SECURITY_PAGE_CLIENT_ID",
                                LoginProvider.CLIENT));
                Browser browser = Browser.open(service.url())) {
            PageConnections connections = new PageConnections(browser);
            connections.count();
            browser.load(VIEW.substring(2));
            // When
            logIn(browser, "#no");
            // Then
            patiently().until(() -> !browser.texts(".notice.login").isEmpty());
            assertThat(browser.texts(".notice.login").get(0)).startsWith("The login failed. access_denied");
            assertThat(place(browser)).isEqualTo("/" + VIEW);
            // When
            logIn(browser, "#yes");
            // Then
            awaitCards(browser);
            assertThat(place(browser)).isEqualTo("/" + VIEW);
            assertThat(browser.texts(".notice")).isEmpty();
            sharesAStream(browser, connections);
            // When: its renewal fails
            provider.setAway(true);
            String token = token(browser);
            comeBackMuchLater(browser);
            // Then
            assertThat(token(browser)).isEqualTo(token);
            // When
            provider.setAway(false);
            comeBackMuchLater(browser);
            // Then
            assertThat(token(browser)).isNotEqualTo(token);
            assertThat(provider.renewals()).isPositive();
            // When
            browser.open("/?code=code-9&state=foreign" + VIEW);
            // Then
            patiently().until(() -> !browser.texts(".notice.login").isEmpty());
            assertThat(browser.texts(".notice.login").get(0)).contains("did not ask");
            assertThat(place(browser)).isEqualTo("/" + VIEW);
        }
    }

    /** A token that was given to one window opens nothing to another one; the same person's is of the same stream, and has it when the first is not taken any more. */
    private static void sharesAStream(Browser browser, PageConnections connections) {
        String first = browser.window();
        String second = browser.openWindow();
        connections.count();
        browser.open("/" + VIEW);
        patiently().until(() -> browser.button("Log in") != null);
        assertThat(browser.texts(".card .card-key")).isEmpty();
        // When
        logIn(browser, "#yes");
        // Then
        awaitCards(browser);
        assertThat(connections.openConnections()).as("of the second window").isZero();
        browser.switchTo(first);
        assertThat(connections.openConnections()).isEqualTo(1);
        // When
        browser.js("""
                window.kept = {...sessionStorage};
                sessionStorage.clear();
                sessionStorage.setItem('streampane.key', 'ended');
                dispatchEvent(new Event('offline'));
                """);
        // Then
        patiently().until(() -> browser.state().equals("refused"));
        patiently().until(() -> browser.button("Log in") != null); // the page asks first whether there is a login
        assertThat(connections.openConnections()).isZero();
        browser.switchTo(second);
        patiently().until(() -> connections.openConnections() == 1);
        awaitCards(browser);
        assertThat(browser.texts(".notice.key")).isEmpty();
        browser.closeWindow();
        browser.switchTo(first);
        browser.js("Object.assign(sessionStorage, window.kept)");
        browser.load(VIEW.substring(2));
        awaitCards(browser);
    }

    /** Its token is to be renewed, and the page is looked at anew. */
    private static void comeBackMuchLater(Browser browser) {
        browser.js(
                "const name = 'streampane.renewal';"
                        + " sessionStorage.setItem(name, JSON.stringify({...JSON.parse(sessionStorage.getItem(name)), at: 0}))");
        browser.load(VIEW.substring(2));
        awaitCards(browser);
    }

    private static void logIn(Browser browser, String link) {
        patiently().until(() -> browser.button("Log in") != null);
        assertThat(browser.violations()).isEmpty();
        browser.button("Log in").click();
        patiently().until(() -> browser.find(link).isDisplayed());
        browser.click(link);
    }

    private static void awaitCards(Browser browser) {
        patiently().until(() -> browser.state().equals("live"));
        patiently().untilAsserted(() -> assertThat(browser.texts(".card .card-key"))
                .isNotEmpty());
    }

    private static String place(Browser browser) {
        return browser.js("return location.pathname + location.search + location.hash");
    }

    private static String token(Browser browser) {
        return browser.js("return sessionStorage.getItem('streampane.key')");
    }
}
