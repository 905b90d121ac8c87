// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.openapi;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.examples.Example;

/** Adds to the OpenAPI document what the code declares outside of annotations: parameters, answers and problems. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ApiDocument implements OASFilter {

    @Override
    public void filterOpenAPI(OpenAPI api) {
        Components components = api.getComponents();
        DescribedAnswers.addTo(components);
        DescribedProblems.addTo(components);
        Map<String, Example> examples = new HashMap<>(components.getExamples());
        components.setExamples(null);
        api.getPaths().getPathItems().forEach((path, item) -> item.getOperations()
                .forEach((method, operation) -> {
                    if (operation.getOperationId() == null) {
                        throw new IllegalStateException(
                                "META-INF/openapi.yaml has no operationId for " + method + " " + path);
                    }
                    DescribedParameters.describe(operation);
                    DescribedAnswers.describe(operation, examples);
                    DescribedProblems.describe(method, operation);
                }));
        if (!examples.isEmpty()) {
            throw new IllegalStateException("examples of no answer: " + examples.keySet());
        }
    }

    static boolean takes(Operation operation, String parameter) {
        return operation.getParameters() != null
                && operation.getParameters().stream()
                        .anyMatch(one -> one.getName().equals(parameter));
    }
}
