// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.callback.QuarkusTestBeforeEachCallback;
import io.quarkus.test.junit.callback.QuarkusTestMethodContext;
import io.restassured.RestAssured;
import io.restassured.filter.Filter;
import io.restassured.filter.FilterContext;
import io.restassured.response.Response;
import io.restassured.specification.FilterableRequestSpecification;
import io.restassured.specification.FilterableResponseSpecification;
import java.net.URI;
import java.util.List;

/** Every answer that a test in a service's JVM gets from the API by REST Assured must be as the OpenAPI document says. */
public final class DescribedAnswers implements QuarkusTestBeforeEachCallback, Filter {

    private ApiDescription description;

    @Override
    public void beforeEach(QuarkusTestMethodContext context) {
        RestAssured.replaceFiltersWith(this);
    }

    /** For the rest of a test whose documents are not as the contract says. */
    public static void ignore() {
        RestAssured.replaceFiltersWith(List.of());
    }

    @Override
    public Response filter(
            FilterableRequestSpecification request, FilterableResponseSpecification response, FilterContext context) {
        Response answer = context.next(request, response);
        URI uri = URI.create(request.getURI());
        String path = uri.getRawPath();
        // items with some fields only lack others that the document requires
        boolean whole =
                answer.statusCode() != 200 || !String.valueOf(uri.getQuery()).contains("fields=");
        if (path.startsWith("/api/") && whole) {
            if (description == null) {
                description = ApiDescription.read();
            }
            assertThat(description.violations(request.getMethod(), path, answer))
                    .as(
                            "%s %s: %s %s",
                            request.getMethod(), request.getURI(), answer.statusLine(), answer.contentType())
                    .isEmpty();
        }
        return answer;
    }
}
