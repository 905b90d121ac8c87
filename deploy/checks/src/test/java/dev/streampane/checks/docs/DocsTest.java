// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocsTest {

    private static final List<Page> PAGES = Page.all();

    @Test
    void shouldNameNothingThatTheCodeDoesNotHave() {
        assertThat(PAGES).hasSizeGreaterThan(20);
        assertThat(DocsCheck.findings(PAGES, PAGES)).isEmpty();
    }

    /** What somebody reads before the first command. */
    @Test
    void shouldFitTheReadmeIntoAFewMinutes() throws IOException {
        Path readme = Checkout.root().resolve("README.md");
        assertThat(Files.readAllLines(readme)).hasSizeLessThanOrEqualTo(130);
        assertThat(Files.size(readme)).isLessThanOrEqualTo(9_000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    'Say `deploy/streampane up --windows 10s`.' | --windows is no option
                    '```bash\ndeploy/streampane up --for 3m \\\n    --windo 10s\n```' | --windo is no option
                    '`replay --comparison`' | --comparison is no option
                    '`jobs start NAME --paralelism 4`' | --paralelism is no option
                    '```sh\nflink-pipeline-1.0.0-job.jar index-results --windows x\n```' | --windows is no option
                    'Set `--out-of-order`.' | --out-of-order is no option
                    'Set `--kafkas.acks`.' | --kafkas.acks is no option
                    '`deploy/compose/smoke --in 3`' | --in is no option
                    'Set `RESULTS_TAIL_AGES`.' | RESULTS_TAIL_AGES is read by nobody
                    'Set `STREAMPANE_WINDOW`.' | STREAMPANE_WINDOW is read by nobody
                    'Set `results.tail-ages`.' | results.tail-ages is no setting
                    'Set `iot.tag.*`.' | iot.tag.* is no setting
                    'Set `quarkus.http.ports`.' | quarkus.http.ports is no setting
                    'Watch `streampane_results_feed_record_total`.' | streampane_results_feed_record_total is no metric
                    'See `NoSuchIT`.' | NoSuchIT is no test
                    '```bash\nkcat -b 127.0.0.1:9092 -t alert\n```' | alert is no topic
                    'Reads topic `device-reading`.' | device-reading is no topic
                    '```bash\ncurl localhost:8088/\n```' | 8088 is nobody's port
                    '`GET /api/v1/window`' | /api/v1/window is no path
                    '`curl localhost:8082/api/v1/windows`' | :8082/api/v1/windows is no path
                    '`curl localhost:8080/q/health`' | :8080/q/health is no path
                    'See `/q/health/alive`.' | /q/health/alive is no path
                    'See `deploy/topic.yml`.' | deploy/topic.yml does not exist
                    '`mvn -pl flink test`' | flink is no module
                    '`mvn -Pnothing verify`' | nothing is no profile of Maven
                    'See [it](no/such.md).' | no/such.md leads nowhere
                    'See [it](README.md#no-such-heading).' | README.md#no-such-heading leads nowhere
                    """)
    void shouldNameWhatIsWrong(String text, String finding) {
        // Given
        Page page = new Page(Path.of("page.md"), text.replace("\\n", "\n"));
        List<Page> all = new ArrayList<>(PAGES);
        all.add(page);

        // When
        List<String> findings = DocsCheck.findings(List.of(page), all);

        // Then
        assertThat(findings).hasSize(1);
        assertThat(findings.get(0)).startsWith("page.md:").endsWith(" " + finding);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    '`curl --max-time 5 localhost:8080/api/v1/windows/{id}/history?limit=1`'
                    '`deploy/streampane jobs start weather-average --from savepoint DIR --job-option x=y`'
                    '`weather-average --kafka.security.protocol=SSL`'
                    '`results.stream.max-clients`, `.max-life`, `iot.faults.<fault>.probability`, `tx.*`'
                    '```text\n--no-option /api/v1/nothing\n```'
                    'See [it](README.md#start) and `MANY_WORDS`, `quarkus.log.category."x.y".level`.'
                    """)
    void shouldSayNothingOfWhatIsRight(String text) {
        // When
        List<String> findings =
                DocsCheck.findings(List.of(new Page(Path.of("page.md"), text.replace("\\n", "\n"))), PAGES);

        // Then
        assertThat(findings).isEmpty();
    }
}
