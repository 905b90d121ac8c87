// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.asyncapi;

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
        String yaml = given().get(PATH).then().statusCode(200).extract().asString();
        String json = given().get(PATH + "?format=json")
                .then()
                .statusCode(200)
                .extract()
                .asString();
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
        given().header("Accept", accept.isEmpty() ? "*/*" : accept)
                .get(PATH)
                .then()
                .statusCode(200)
                .header("Content-Type", startsWith(type))
                .header("Vary", equalTo("Accept"));
    }

    @Test
    void shouldRefuseWhatIsNotToBeHadHere() {
        given().header("Accept", "application/xml").get(PATH).then().statusCode(406);
        given().post(PATH).then().statusCode(405).header("Allow", equalTo("GET, HEAD"));
        given().get(PATH + "?format=xml")
                .then()
                .statusCode(400)
                .body("detail", containsString("allowed is yaml or json"));
        given().get(PATH + "?x=1").then().statusCode(400);
        assertThat(given().head(PATH).then().statusCode(200).extract().asString())
                .isEmpty();
    }
}
