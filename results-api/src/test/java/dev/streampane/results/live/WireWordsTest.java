// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.problem.ProblemType;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Words that clients know, and that are made of the names of constants: such a constant is not to be renamed. */
class WireWordsTest {

    @Test
    void shouldAnswerWithTheseProblems() {
        assertThat(Arrays.stream(ProblemType.values())
                        .map(type -> type.status() + " " + type.code() + ": " + type.title()))
                .containsExactly(
                        "400 bad-request: Bad request",
                        "400 invalid-parameter: Invalid parameter",
                        "401 unauthorized: Unauthorized",
                        "403 forbidden: Forbidden",
                        "404 unknown-path: Unknown path",
                        "404 unknown-job: Unknown job",
                        "404 unknown-input: Unknown input",
                        "404 unknown-id: Unknown id",
                        "405 method-not-allowed: Method not allowed",
                        "406 not-acceptable: Not acceptable",
                        "413 body-too-large: Body too large",
                        "414 request-line-too-long: Request line too long",
                        "415 unsupported-media-type: Unsupported media type",
                        "422 not-recomputable: Not recomputable",
                        "422 too-much-to-explain: Too much to explain",
                        "422 unknown-time: Unknown time",
                        "422 history-gone: History gone",
                        "422 too-many-windows: Too many windows",
                        "422 overlapping-windows: Overlapping windows",
                        "422 too-many-buckets: Too many buckets",
                        "421 wrong-host: Wrong host",
                        "429 too-many-requests: Too many requests",
                        "429 too-many-tickets: Too many tickets",
                        "431 headers-too-large: Headers too large",
                        "400 refused: Request refused",
                        "500 internal: Internal error",
                        "503 store-unavailable: Temporarily unavailable",
                        "503 store-behind: Temporarily unavailable",
                        "503 log-unavailable: Temporarily unavailable",
                        "503 feed-loading: Temporarily unavailable",
                        "503 issuer-unavailable: Temporarily unavailable",
                        "503 books-loading: Temporarily unavailable",
                        "503 too-many-explanations: Temporarily unavailable",
                        "503 too-many-queries: Temporarily unavailable",
                        "503 too-many-streams: Temporarily unavailable",
                        "504 not-yet: Not yet");
    }
}
