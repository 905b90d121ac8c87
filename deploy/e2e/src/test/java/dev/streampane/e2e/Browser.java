// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.args.AxeRunOptions;
import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import dev.streampane.local.server.Installed;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.openqa.selenium.By;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;

/** Debian's Chromium without a screen, on one page. */
final class Browser implements AutoCloseable {

    private static final String[] BROWSERS = {"chromium", "google-chrome"};
    private static final String DRIVER = "chromedriver";
    private static final Path PICTURES = Path.of("target", "page");

    private final ChromeDriver driver;
    private final URI page;

    private Browser(ChromeDriver driver, URI page) {
        this.driver = driver;
        this.page = page;
    }

    static void require() {
        Installed.require(isInstalled(), "Chromium is missing (Debian: chromium and chromium-driver)");
    }

    static boolean isInstalled() {
        return Installed.find(BROWSERS).isPresent() && Installed.find(DRIVER).isPresent();
    }

    static Browser open(URI page) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(Installed.find(BROWSERS).orElseThrow().toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--hide-scrollbars",
                "--window-size=1280,900");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Installed.find(DRIVER).orElseThrow().toFile())
                .usingAnyFreePort()
                .build();
        Browser browser = new Browser(new ChromeDriver(service, options), page);
        browser.driver.get(page.toString());
        return browser;
    }

    /** Goes to a view, as a link does. */
    void go(String route) {
        js("location.hash = arguments[0]", "#/" + route);
    }

    /** Goes to a view as who has been given its link. */
    void load(String route) {
        open("/#/" + route);
    }

    /** Goes to a path as who has been given its link. */
    void open(String path) {
        driver.get("about:blank");
        driver.get(page.resolve(path).toString());
    }

    /** Forgets what it keeps of pages, so that the next one is loaded as the first time. */
    void forget() {
        driver.executeCdpCommand("Network.clearBrowserCache", Map.of());
    }

    /** Runs a script in this window before each page's own. */
    void beforeLoading(String script) {
        driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script));
    }

    /** What a script returns. */
    @SuppressWarnings("unchecked")
    <T> T js(String script, Object... arguments) {
        return (T) driver.executeScript(script, arguments);
    }

    WebElement find(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    /** Clicks an element, found anew where the page has replaced it meanwhile. */
    void click(String css) {
        await().ignoreException(StaleElementReferenceException.class).until(() -> {
            find(css).click();
            return true;
        });
    }

    /** The text of each element, as it is and not as it is cut; "" where it is in no element. */
    List<String> texts(String css) {
        return js("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", css);
    }

    /** An attribute of each element. */
    List<String> attributes(String css, String name) {
        return js(
                "return [...document.querySelectorAll(arguments[0])].map(e => e.getAttribute(arguments[1]))",
                css,
                name);
    }

    /** The cells of each row, as text. */
    List<List<String>> rows(String css) {
        return js(
                "return [...document.querySelectorAll(arguments[0])].map(row => [...row.children].map(cell => cell.textContent))",
                css + " tbody tr");
    }

    String state() {
        return find("#state").getDomAttribute("data-state");
    }

    /** The name of the view that is open. */
    String view() {
        return find("main").getDomAttribute("data-view");
    }

    void scheme(String name) {
        prefer("color-scheme", name);
    }

    /** What who looks at it prefers, and nothing else that was preferred before. */
    void prefer(String feature, String value) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-" + feature, "value", value))));
    }

    /** Where the page thinks it is, such as Asia/Kolkata. */
    void zone(String name) {
        driver.executeCdpCommand("Emulation.setTimezoneOverride", Map.of("timezoneId", name));
    }

    void width(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    /** A long key is seen wherever it is, cut, with the whole in its title, and on a phone, too, makes nothing wider than the page. */
    void assertCuts(String key) {
        for (int width : List.of(1280, 360)) {
            width(width, 800);
            Map<String, Object> seen = js("""
                    const keys = [...document.querySelectorAll('.key')].filter(e => e.title === arguments[0] && e.checkVisibility());
                    return {
                      keys: keys.length > 0,
                      whole: keys.filter(e => e.scrollWidth <= e.clientWidth).map(e => e.parentElement.outerHTML),
                      wide: keys.filter(e => e.parentElement.clientWidth > innerWidth).map(e => e.parentElement.outerHTML),
                      page: document.documentElement.scrollWidth <= innerWidth,
                    };
                    """, key);
            assertThat(seen)
                    .as("%s px", width)
                    .isEqualTo(Map.of("keys", true, "whole", List.of(), "wide", List.of(), "page", true));
        }
        width(1280, 900);
    }

    /** A parameter of the view's link; "" where it has none of that name. */
    String parameter(String name) {
        return js("return new URLSearchParams(location.hash.split('?')[1]).get(arguments[0]) ?? ''", name);
    }

    /** The button with that text. */
    WebElement button(String text) {
        return js("return [...document.querySelectorAll('button')].find(e => e.textContent === arguments[0])", text);
    }

    /** The text of what has the focus. */
    String focused() {
        return js("return document.activeElement.textContent");
    }

    void press(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    /** Presses the pointer at one place, and lets it go at another one to the left or right of it. */
    void drag(int from, int to, int y) {
        new Actions(driver)
                .moveToLocation(from, y)
                .clickAndHold()
                .moveToLocation((from + to) / 2, y)
                .moveToLocation(to, y)
                .release()
                .perform();
    }

    void downloadTo(Path folder) {
        driver.executeCdpCommand(
                "Browser.setDownloadBehavior",
                Map.of(
                        "behavior",
                        "allow",
                        "downloadPath",
                        folder.toAbsolutePath().toString()));
    }

    /** The window that is looked at. */
    String window() {
        return driver.getWindowHandle();
    }

    /** Opens a window beside, and looks at it. */
    String openWindow() {
        driver.switchTo().newWindow(WindowType.WINDOW);
        return window();
    }

    void switchTo(String window) {
        driver.switchTo().window(window);
    }

    void closeWindow() {
        driver.close();
    }

    /** What axe finds wrong. */
    List<Rule> violations() {
        return axe().analyze(driver).getViolations();
    }

    /** What axe finds wrong with colours, which are all that a scheme changes. */
    List<Rule> violationsOfColours() {
        return axe().withOnlyRules(List.of("color-contrast", "link-in-text-block"))
                .analyze(driver)
                .getViolations();
    }

    /** Lists what is wrong, not what is right; opens no window for frames, of which the page has none. A page gets axe once. */
    @SuppressWarnings("deprecation") // without setLegacyMode axe opens a window for each run
    private AxeBuilder axe() {
        AxeRunOptions options = new AxeRunOptions();
        options.setResultTypes(List.of("violations"));
        AxeBuilder axe = new AxeBuilder().withOptions(options).setLegacyMode();
        axe.setInjectAxe(null, js("return !window.axe"));
        return axe;
    }

    /**
     * What the page's main thread has done so far.
     *
     * @param seconds of processor time
     * @param at seconds on a clock
     */
    record Work(double seconds, double at) {

        /** Its share of the time since. */
        double shareSince(Work before) {
            return (seconds - before.seconds) / (at - before.at);
        }
    }

    Work work() {
        driver.executeCdpCommand("Performance.enable", Map.of());
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> metrics = (List<Map<String, Object>>)
                driver.executeCdpCommand("Performance.getMetrics", Map.of()).get("metrics");
        return new Work(metric(metrics, "ThreadTime"), metric(metrics, "Timestamp"));
    }

    private static double metric(List<Map<String, Object>> metrics, String name) {
        return metrics.stream()
                .filter(metric -> metric.get("name").equals(name))
                .mapToDouble(metric -> ((Number) metric.get("value")).doubleValue())
                .findFirst()
                .orElseThrow();
    }

    /** Keeps what is seen as {@code target/page/<name>.png}. */
    void picture(String name) throws IOException {
        Map<String, Object> taken = driver.executeCdpCommand("Page.captureScreenshot", Map.of("format", "png"));
        Files.createDirectories(PICTURES);
        Files.write(PICTURES.resolve(name + ".png"), Base64.getDecoder().decode((String) taken.get("data")));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
