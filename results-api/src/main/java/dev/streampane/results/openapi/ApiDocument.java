// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.openapi;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;

/** Adds to the OpenAPI document what is declared in code beside annotations: parameters, answers and problems. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ApiDocument implements OASFilter {

    @Override
    public void filterOpenAPI(OpenAPI api) {
        api.getPaths().getPathItems().forEach((path, item) -> item.getOperations()
                .forEach((method, operation) -> checkNamed(method + " " + path, operation)));
        DescribedParameters.addTo(api);
        DescribedAnswers.addTo(api);
        DescribedProblems.addTo(api);
    }

    private static void checkNamed(String what, Operation operation) {
        if (operation.getOperationId() == null) {
            throw new IllegalStateException("META-INF/openapi.yaml has no operationId for " + what);
        }
    }
}
