// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.asyncapi;

import static dev.streampane.results.Served.answer;
import static dev.streampane.results.Served.ok;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.streampane.results.RealServers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class AsyncApiIT {

    private static final String PATH = "/q/asyncapi";

    @Test
    void shouldServeTheSameDocumentAsYamlAndAsJson() throws IOException {
        String yaml = ok(PATH).extract().asString();
        String json = ok(PATH + "?format=json").extract().asString();
        assertThat(YAMLMapper.builder().build().readTree(yaml))
                .isEqualTo(JsonMapper.builder().build().readTree(json))
                .isEqualTo(AsyncApiRoute.document());
    }

    @ParameterizedTest
    @CsvSource({
        "'', application/yaml",
        "*/*, application/yaml",
        "application/yaml, application/yaml",
        "application/json, application/json",
        "'text/html, */*;q=0.8', application/yaml"
    })
    void shouldAnswerAsTheRequestAccepts(String accept, String type) {
        ok(given().header("Accept", accept.isEmpty() ? "*/*" : accept), PATH)
                .header("Content-Type", startsWith(type))
                .header("Vary", equalTo("Accept"));
    }

    @Test
    void shouldRefuseWhatIsNotToBeHadHere() {
        answer(given().header("Accept", "application/xml"), 406, PATH);
        given().post(PATH).then().statusCode(405).header("Allow", equalTo("GET, HEAD"));
        answer(400, PATH + "?format=xml").body("detail", containsString("allowed is yaml or json"));
        answer(400, PATH + "?x=1");
        assertThat(given().head(PATH).then().statusCode(200).extract().asString())
                .isEmpty();
    }
}
