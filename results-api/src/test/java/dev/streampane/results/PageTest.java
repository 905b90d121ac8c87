// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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
    private static final Pattern ASKED = Pattern.compile("(?<=['`])/(?:api|page)/[^'`?]*");
    private static final Pattern VIEW = Pattern.compile("[\\w-]+(?='?: ')");

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
    void shouldAskForWhatTheApiDescribesAndForTheLogin() throws IOException {
        // Given: parameters without their names
        Set<String> described = new TreeSet<>(Set.of("/page/login"));
        YAMLMapper.builder()
                .build()
                .readTree(Path.of("src/main/resources/META-INF/openapi.yaml").toFile())
                .path("paths")
                .fieldNames()
                .forEachRemaining(path -> described.add(path.replaceAll("\\{[^}]*}", "{}")));
        // When
        Set<String> asked = new TreeSet<>();
        for (Path module : modules()) {
            String source =
                    Files.readString(module).replaceAll("windowPath\\(this\\.id\\) \\+ '", "'/api/v1/windows/{}");
            ASKED.matcher(source)
                    .results()
                    .map(found -> found.group().replaceAll("\\$\\{[^}]*}|(?<=/)$", "{}"))
                    .forEach(asked::add);
        }
        // Then: some views have names of paths
        assertThat(asked.remove("/api/v1/{}")).isTrue();
        String views =
                Files.readString(RESOURCES.resolve("page/rejects.js")).replaceAll("(?s).* LISTS = ([^\n]*).*", "$1");
        VIEW.matcher(views).results().forEach(view -> asked.add("/api/v1/" + view.group()));
        assertThat(asked)
                .contains("/api/v1/stream", "/api/v1/windows/{}/explain", "/api/v1/dead-letters", "/page/login")
                .isSubsetOf(described);
    }

    @Test
    void shouldHaveNeitherCodeNorStyleInItsMarkup() throws IOException {
        assertThat(Files.readString(RESOURCES.resolve("index.html")))
                .doesNotContain("<script>", "<style", " style=", " onclick=");
    }
}
