"""Entry point. The hook as an AWS Lambda function, whose handler is `kitting_agent.hook_on_lambda.lambda_handler`."""

from kitting_agent import put_application_first

put_application_first()

from fleet.hook.lambda_function import lambda_handler  # noqa: E402 (found in the folder that the line before names)

__all__ = ["lambda_handler"]
