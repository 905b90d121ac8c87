// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the page's sources must not have, whatever it shows; what it shows is tested in a browser. */
class PageTest {

    private static final Path RESOURCES = Path.of("src/main/resources/META-INF/resources");
    private static final Pattern IMPORT = Pattern.compile("(?:from |import ?\\(?)'(\\./[^']+)'");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(RESOURCES)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    static List<Path> modules() throws IOException {
        return files().stream().filter(file -> file.toString().endsWith(".js")).toList();
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldTalkToNobodyElse(Path file) throws IOException {
        assertThat(Files.readString(file).replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http:", "https:", "@import", "\"//", "'//");
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldNeverReadDataAsMarkup(Path module) throws IOException {
        assertThat(Files.readString(module))
                .doesNotContain(
                        "innerHTML",
                        "outerHTML",
                        "insertAdjacentHTML",
                        "document.write",
                        "DOMParser",
                        "srcdoc",
                        "eval(",
                        "Function(");
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldImportFilesThatThereAre(Path module) throws IOException {
        for (MatchResult found :
                IMPORT.matcher(Files.readString(module)).results().toList()) {
            Path served = Path.of("target/classes/META-INF/resources/page");
            assertThat(served.resolve(found.group(1)).normalize()).exists();
        }
    }

    @Test
    void shouldHaveNeitherCodeNorStyleInItsMarkup() throws IOException {
        assertThat(Files.readString(RESOURCES.resolve("index.html")))
                .doesNotContain("<script>", "<style", " style=", " onclick=");
    }
}
