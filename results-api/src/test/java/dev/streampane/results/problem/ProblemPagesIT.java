// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import static dev.streampane.results.Served.answer;
import static dev.streampane.results.Served.ok;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.streampane.results.RealServers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the {@code type} of a problem leads to. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class ProblemPagesIT {

    @ParameterizedTest
    @EnumSource
    void shouldSayWhatAProblemMeansAndWhatToDo(ProblemType type) {
        assertThat(type.title()).isNotBlank();
        assertThat(type.meaning()).endsWith(".");
        assertThat(type.remedy()).endsWith(".");
        ok("/problems/" + type.code())
                .contentType("text/html")
                .header("Content-Security-Policy", containsString("default-src 'none'"))
                .header("X-Content-Type-Options", "nosniff")
                .body("html.body.h1", equalTo(type.title()))
                .body(containsString("<code>" + type.code() + "</code>, status " + type.status()));
        given().head("/problems/" + type.code()).then().statusCode(200);
        ok("/problems").body(containsString("\"/problems/" + type.code() + "\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "INTERNAL", "internal%0d%0aX:y", "..%2finternal"})
    void shouldKnowNoOtherPage(String code) {
        answer(given().urlEncodingEnabled(false), 404, "/problems/" + code).contentType(Problem.MEDIA_TYPE);
    }

    @Test
    void shouldReadOnly() {
        given().delete("/problems/internal").then().statusCode(405).header("Allow", "GET, HEAD, OPTIONS");
        given().options("/problems/internal").then().statusCode(200).header("Allow", "GET, HEAD, OPTIONS");
    }
}
