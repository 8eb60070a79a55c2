from pydantic import BaseModel, Field


class StorageOut(BaseModel):
    """What the organisation's files take, and what they may."""

    quota_bytes: int = Field(description="The most that the organisation may keep; an operator sets it")
    used_bytes: int = Field(description="What files take, and the announced sizes of uploads that are under way")
    left_bytes: int = Field(description="What may still come; 0 if more is used than a quota that was lowered")
    largest_file_bytes: int = Field(description="The largest file that this installation takes")
