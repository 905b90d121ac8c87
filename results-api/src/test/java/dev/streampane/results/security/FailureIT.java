// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static dev.streampane.results.RawHttp.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.RawHttp;
import dev.streampane.results.RawHttp.Answer;
import dev.streampane.results.RealServers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** What is said of a failure of ours, by a resource that only this test has: {@link FailingResource}. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class FailureIT {

    @TestHTTPResource("/")
    URI root;

    @Test
    void shouldTellNothingOfAFailureButWhereToLook() throws IOException {
        // When
        Answer answer = new RawHttp(root).send(request("GET", "/failing", ""));
        // Then
        answer.assertProblem(500);
        assertThat(answer.body()).contains("the service log").doesNotContain("secret", "dev.streampane");
    }
}
