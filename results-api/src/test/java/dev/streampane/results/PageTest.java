// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {

    private static final Path RESOURCES = Path.of("src/main/resources/META-INF/resources");

    @ParameterizedTest
    @ValueSource(strings = {"index.html", "page.js", "page.css"})
    void shouldTalkToNobodyElse(String file) throws IOException {
        assertThat(Files.readString(RESOURCES.resolve(file)))
                .doesNotContain("http:", "https:", "@import", "\"//", "'//");
    }

    @Test
    void shouldNeverReadDataAsMarkup() throws IOException {
        assertThat(Files.readString(RESOURCES.resolve("page.js")))
                .doesNotContain(
                        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
                .contains("textContent");
    }

    @Test
    void shouldBeReadableByEveryone() throws IOException {
        String page = Files.readString(RESOURCES.resolve("index.html"));
        assertThat(page)
                .contains(
                        "<html lang=\"en\">",
                        "<title>",
                        "name=\"viewport\"",
                        "<main>",
                        "<caption>",
                        "scope=\"col\"",
                        "role=\"status\"");
        assertThat(page).doesNotContain("<script>", " style=", " onclick=");
        assertThat(Files.readString(RESOURCES.resolve("page.css")))
                .contains("prefers-color-scheme: dark", "prefers-reduced-motion");
    }
}
